using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Policy;

/// <summary>A CIDR prefix: the first <paramref name="Length"/> bits of <paramref name="Address"/>.</summary>
internal readonly record struct AddressPrefix(IpAddress Address, int Length)
{
    /// <summary>Tells whether <paramref name="other"/> has the same IP version and begins with this prefix.</summary>
    public bool Contains(IpAddress other)
    {
        if (other.IsIPv6 != Address.IsIPv6) return false;
        Span<byte> mine = stackalloc byte[16];
        Span<byte> theirs = stackalloc byte[16];
        Address.Write(mine);
        other.Write(theirs);
        var whole = Length / 8;
        if (!mine[..whole].SequenceEqual(theirs[..whole])) return false;
        var bits = Length % 8;
        return bits == 0 || (mine[whole] ^ theirs[whole]) >> (8 - bits) == 0;
    }
}
