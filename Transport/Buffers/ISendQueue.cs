using System.Buffers;

namespace ActorStack.Transport.Buffers;

/// <summary>The bytes that the application wrote and the peer has not acknowledged. Offset 0 is SND.UNA.</summary>
public interface ISendQueue
{
    /// <summary>Bytes available now, unacknowledged and unsent together.</summary>
    long Length { get; }

    /// <summary>
    /// Bytes the application may be ahead of the peer's acknowledgments before its writes wait; within what the queue grants at
    /// least and at most.
    /// </summary>
    long Limit { get; set; }

    /// <summary>
    /// The bytes at the front that no pipe holds. They must travel in a move; the next stack finds the rest in the pipe.
    /// </summary>
    int Carried { get; }

    /// <summary>The application writes no more: a FIN is due after the last byte.</summary>
    bool IsCompleted { get; }

    /// <summary>
    /// The bytes from <paramref name="offset"/> on: at least one, at most <paramref name="count"/>. They stay valid until
    /// <see cref="Acknowledge"/> covers them.
    /// </summary>
    ReadOnlySequence<byte> Slice(long offset, int count);

    /// <summary>Drops <paramref name="count"/> bytes from the front and lets the application write as many more.</summary>
    void Acknowledge(long count);
}
