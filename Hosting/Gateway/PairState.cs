using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;

namespace ActorStack.Hosting.Gateway;

/// <summary>What each half of a gateway's connection takes along when it moves.</summary>
/// <param name="Pair">The id of the pair, which is that of the client's connection: both keep it for life.</param>
/// <param name="Source">The address of the client, which the limits count.</param>
internal sealed record PairState(string Pair, IPAddress Source)
{
    private const byte Version = 1;
    private const int LongestPair = 255;

    /// <summary>The version of the format, the address with its length, the id. Another build reads it.</summary>
    public byte[] Write()
    {
        var address = Source.GetAddressBytes();
        return [Version, (byte)address.Length, .. address, .. Encoding.UTF8.GetBytes(Pair)];
    }

    /// <summary>False: the state is of another version, or damaged.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out PairState? state)
    {
        state = null;
        if (bytes is not [Version, 4 or 16, .. var rest] || rest.Length <= bytes[1] || rest.Length > bytes[1] + LongestPair)
            return false;
        state = new PairState(Encoding.UTF8.GetString(rest[bytes[1]..]), new IPAddress(rest[..bytes[1]]));
        return true;
    }

    public static string? WhyRefused(ReadOnlyMemory<byte> state) => state.IsEmpty || TryRead(state.Span, out _)
        ? null
        : "the state of the gateway's connection is of another version; update this node first";
}
