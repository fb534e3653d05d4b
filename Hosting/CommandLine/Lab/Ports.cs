namespace ActorStack.CommandLine.Lab;

/// <summary>The ports of the laboratory's services.</summary>
internal static class Ports
{
    public const int Echo = 7;
    public const int Discard = 9;
    public const int Chargen = 19;
    public const int Transfer = 99;
}
