using ActorStack.Actors.Connections.Behaviours;
using ActorStack.Actors.Migration;
using ActorStack.Transport.Tracing;
using Akka.Event;

namespace ActorStack.Actors.Connections;

/// <summary>
/// The event trace of the connection. It continues over moves; while an engine runs the connection, the trace holds only the
/// moves.
/// </summary>
internal sealed partial class ConnectionActor
{
    private TraceFile? _trace;

    internal void TraceFromTheStart()
    {
        if (Stack.Settings.Trace is { } settings && settings.Services.Contains(Entry.Service.Name)) StartTrace(settings);
    }

    private object SwitchTrace(bool on)
    {
        if (Stack.Settings.Trace is not { } settings)
            return new StackProtocol.Failed(
                FailureCode.NotNow, "the service has no directory for traces; start it with one (serve --trace DIR)");
        if (!on) return new StackProtocol.Tracing(EndTrace());
        if (Behaviour is Closed) return new StackProtocol.Failed(FailureCode.NotNow, $"connection {Entry.Id} is over");
        return new StackProtocol.Tracing(StartTrace(settings));
    }

    private string StartTrace(TraceSettings settings)
    {
        if (_trace is not null) return _trace.Path;
        var (id, log) = (Entry.Id.Value, Stack.Log);
        _trace = new TraceFile(
            settings.PathOf(id), settings.MaximumBytes,
            new TraceHeader(id, Entry.Flow.Local.ToString(), Entry.Flow.Remote.ToString(), Stack.Time.GetUtcNow(), Stack.Now),
            error => log.Error(error, "The trace of connection {0} ends here", id));
        Behaviour.SetTrace(_trace);
        return _trace.Path;
    }

    private void TraceMove(MigrationRecord record) => _trace?.OnMoved(
        record.From, record.To,
        record.Detail.Length > 0 ? $"{record.Outcome}: {record.Detail}" : record.Outcome.ToString(), Stack.Now);

    private string EndTrace()
    {
        if (_trace is not { } trace) return "";
        _trace = null;
        Behaviour.SetTrace(null);
        trace.Dispose();
        return trace.Path;
    }
}
