using System.Runtime.InteropServices;

namespace ActorStack.Transport.Engines.Kernel;

/// <summary>The entry of a socket for the BPF program of <see cref="CongestionSeed"/>, in segments.</summary>
/// <param name="Raises">How often the threshold was raised.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct CongestionSeedEntry(uint Window, uint Threshold, uint Raises);
