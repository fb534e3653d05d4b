using System.Globalization;
using Microsoft.Extensions.Logging;

namespace ActorStack.TestKit.Driver;

/// <summary>What happened in a network, in virtual time, for the text of a failure. Any thread may add to it.</summary>
internal sealed class NetworkLog(VirtualClock clock)
{
    private const int LinesKept = 200;

    private readonly Lock _gate = new();
    private readonly Queue<string> _lines = new();

    public void Add(string text)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{clock.Now.TotalSeconds,12:0.000000} s  {text}");
        lock (_gate)
        {
            _lines.Enqueue(line);
            if (_lines.Count > LinesKept) _lines.Dequeue();
        }
    }

    /// <summary>A provider of loggers for the services of a node.</summary>
    public ILoggerProvider ProviderOf(string node) => new Provider(this, node);

    /// <summary>The last lines.</summary>
    public override string ToString()
    {
        lock (_gate) return string.Join(Environment.NewLine, _lines);
    }

    private sealed class Provider(NetworkLog log, string node) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => new NodeLogger(log, node);

        public void Dispose()
        {
        }
    }

    private sealed class NodeLogger(NetworkLog log, string node) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            log.Add($"node {node} logs {logLevel}: {formatter(state, exception)}{(exception is null ? "" : $" {exception}")}");
        }
    }
}
