using System.Runtime.InteropServices;

namespace ActorStack.Transport.Engines.Kernel;

/// <summary>The entry of a socket for the BPF program of <see cref="CongestionSeed"/>, in segments.</summary>
/// <param name="Window">The congestion window to begin with.</param>
/// <param name="Threshold">The slow start threshold; 0: slow start goes on.</param>
/// <param name="Raises">How often the threshold was raised.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct CongestionSeedEntry(uint Window, uint Threshold, uint Raises);
