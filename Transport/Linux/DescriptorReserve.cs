using Microsoft.Win32.SafeHandles;

namespace ActorStack.Transport.Linux;

/// <summary>
/// Descriptors held open for a time when there may be none left. A stop needs some: the runtime opens the assemblies that it
/// meets for the first time, and the journal its files; where it cannot, the process ends at once. Disposing gives them back.
/// </summary>
public sealed class DescriptorReserve : IDisposable
{
    private const int Size = 32;

    private readonly SafeFileHandle[] _held = [.. Enumerable.Range(0, Size).Select(_ => DescriptorLimit.Open())];

    /// <summary>Gives the descriptors back.</summary>
    public void Dispose()
    {
        foreach (var descriptor in _held) descriptor.Dispose();
    }
}
