namespace ActorStack.Transport.Host;

/// <summary>
/// A secret that several hosts with the same addresses share, so that each can finish a handshake that another one began. What
/// depends on time then follows the wall clock, which must agree within a minute.
/// </summary>
/// <param name="Bytes">The secret, 16 bytes or more.</param>
/// <param name="Origin">The wall clock's time at which the time of this host is zero.</param>
public sealed record SharedSecret(ReadOnlyMemory<byte> Bytes, DateTimeOffset Origin)
{
    /// <summary>The fewest bytes of a secret.</summary>
    public const int LeastLength = 16;

    /// <summary>
    /// Several hosts use the secret at the same time. False: this host alone does, perhaps after another one (<see
    /// cref="HostShared.ExpectCookies"/>).
    /// </summary>
    public bool HasSeveralHosts { get; init; } = true;

    /// <summary>Without the secret, so that no log has it.</summary>
    public override string ToString() => $"{nameof(SharedSecret)} of {Bytes.Length} bytes";
}
