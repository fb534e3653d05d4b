using OxyPlot;

namespace ActorStack.CommandLine.Plot;

/// <summary>The colors of all drawings.</summary>
internal static class Palette
{
    public static readonly OxyColor Blue = OxyColor.FromRgb(0x1f, 0x6f, 0xb4);
    public static readonly OxyColor Red = OxyColor.FromRgb(0xd6, 0x27, 0x28);
    public static readonly OxyColor Green = OxyColor.FromRgb(0x2c, 0x8f, 0x3c);
    public static readonly OxyColor Orange = OxyColor.FromRgb(0xe6, 0x83, 0x10);
    public static readonly OxyColor Grey = OxyColor.FromRgb(0x88, 0x88, 0x88);
}
