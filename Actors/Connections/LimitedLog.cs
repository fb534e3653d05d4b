using Akka.Event;

namespace ActorStack.Actors.Connections;

/// <summary>
/// Logs what a peer may be able to provoke, at a bounded rate, because each log line costs time and disk space. Any thread may
/// call it.
/// </summary>
internal sealed class LimitedLog(ILoggingAdapter log, TimeProvider time)
{
    private const int LinesPerInterval = 10;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private long _since = time.GetTimestamp();
    private int _written;
    private long _left;

    public void Error(Exception error, string format, object argument)
    {
        if (TryTake()) log.Error(error, format, argument);
    }

    public void Warning(string format, params object[] arguments)
    {
        if (TryTake()) log.Warning(format, arguments);
    }

    public void Debug(string format, params object[] arguments)
    {
        if (log.IsDebugEnabled) log.Debug(format, arguments);
    }

    /// <summary>Tells whether a line may be written, and writes how many were suppressed since the last one.</summary>
    private bool TryTake()
    {
        if (!TryTake(out var left)) return false;
        if (left > 0)
            log.Warning(
                "{0} lines like the next were not written, for there were more than {1} a second", left, LinesPerInterval);
        return true;
    }

    /// <param name="left">The number of lines that were suppressed since the last one.</param>
    private bool TryTake(out long left)
    {
        lock (_lock)
        {
            left = 0;
            if (time.GetElapsedTime(_since) >= Interval) (_since, _written) = (time.GetTimestamp(), 0);
            if (_written == LinesPerInterval)
            {
                _left++;
                return false;
            }

            _written++;
            (left, _left) = (_left, 0);
            return true;
        }
    }
}
