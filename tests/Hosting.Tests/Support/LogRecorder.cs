using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ActorStack.Hosting.Tests.Support;

/// <summary>Keeps what a host logs.</summary>
internal sealed class LogRecorder : ILoggerProvider, ILogger
{
    public ConcurrentQueue<(LogLevel Level, string Message, Exception? Error)> Entries { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Entries.Enqueue((logLevel, formatter(state, exception), exception));

    /// <summary>The entries that hold the text, once there is one.</summary>
    public async Task<IReadOnlyList<(LogLevel Level, string Message, Exception? Error)>> FindAsync(string text, CancellationToken cancellation)
    {
        while (true)
        {
            var found = Entries.Where(entry => entry.Message.Contains(text) || entry.Error?.ToString().Contains(text) is true).ToList();
            if (found.Count > 0) return found;
            cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public void Dispose()
    {
    }
}
