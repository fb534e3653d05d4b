using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ActorStack.Hosting.Tests.Support;

/// <summary>Keeps what a host logs.</summary>
internal sealed class LogRecorder : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<LogRecord> _records = new();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _records.Enqueue(new LogRecord(logLevel, formatter(state, exception), exception));

    /// <summary>Those that have the text in their message or in their exception.</summary>
    public IReadOnlyList<LogRecord> Find(string text) =>
        [.. _records.Where(record => record.Message.Contains(text) || record.Error?.ToString().Contains(text) is true)];

    /// <summary>The same once there is one.</summary>
    public async Task<IReadOnlyList<LogRecord>> FindAsync(string text, CancellationToken cancellation)
    {
        while (true)
        {
            if (Find(text) is { Count: > 0 } found) return found;
            cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public void Dispose()
    {
    }
}
