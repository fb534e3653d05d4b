using System.IO.Pipelines;

namespace ActorStack.Hosting;

/// <summary>Uses the pipe of a connection as a stream.</summary>
public static class DuplexPipeExtensions
{
    /// <summary>
    /// A stream over both directions of the pipe, whose writes are flushed at once; use either the pipe or the stream. Disposing
    /// the stream completes both directions: unread bytes, such as a close_notify that SslStream did not wait for, then reset the
    /// connection. An SslStream over it must be ended by its <c>ShutdownAsync</c>, because disposing sends no close_notify, and
    /// peers with OpenSSL 3 then report a truncated answer.
    /// </summary>
    public static Stream AsStream(this IDuplexPipe pipe)
    {
        ArgumentNullException.ThrowIfNull(pipe);
        return new DuplexPipeStream(pipe);
    }
}
