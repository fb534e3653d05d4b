namespace ActorStack.Transport.Buffers;

/// <summary>In-order bytes for the application. Its free room is the receive window.</summary>
public interface IReceiveQueue
{
    /// <summary>The largest value that <see cref="Limit"/> may reach, bytes.</summary>
    long Capacity { get; }

    /// <summary>Bytes that the queue may hold now; the receive window is this less <see cref="Unread"/>.</summary>
    long Limit { get; }

    /// <summary>Bytes delivered and not yet read by the application.</summary>
    long Unread { get; }

    /// <summary>
    /// The application reads no more: payload that arrives from now on has no reader (RFC 9293 section 3.6.1, RST).
    /// </summary>
    bool IsAbandoned { get; }

    /// <summary>
    /// The application left bytes unread when it abandoned the queue, or bytes came since. A connection that is closed so is
    /// reset.
    /// </summary>
    bool HasLostData { get; }

    /// <summary>
    /// Asks for a <see cref="Limit"/> of <paramref name="bytes"/>. The queue may grant less, but never lowers the limit: the
    /// memory of all connections bounds it.
    /// </summary>
    void Raise(long bytes);

    /// <summary>Appends bytes and takes one copy of them. Never refuses: the window keeps the peer within the capacity.</summary>
    void Write(ReadOnlySpan<byte> bytes);

    /// <summary>Makes the bytes written visible to the application; it is called once per burst.</summary>
    void Flush();

    /// <summary>The peer's FIN arrived: the application reads the rest, then the end.</summary>
    void Complete();

    /// <summary>The connection ended by an error: the application's next read throws <paramref name="error"/>.</summary>
    void Fail(Exception error);
}
