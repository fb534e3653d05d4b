using System.Runtime.InteropServices;

namespace ActorStack.Transport.Engines.Kernel;

/// <summary>What the BPF program of <see cref="CongestionSeed"/> knows of a socket; in segments.</summary>
/// <param name="Raises">How often the threshold was raised.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct CongestionSeedEntry(uint Window, uint Threshold, uint Raises);
