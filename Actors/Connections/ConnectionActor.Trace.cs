using ActorStack.Actors.Migration;
using ActorStack.Transport.Tracing;
using Akka.Event;

namespace ActorStack.Actors.Connections;

/// <summary>The connection's event trace goes on over its moves; of its time in an engine it tells only the moves.</summary>
internal sealed partial class ConnectionActor
{
    private TraceFile? _trace;

    private void TraceFromTheStart()
    {
        if (_stack.Settings.Trace is { } settings && settings.Services.Contains(_entry.Service.Name)) StartTrace(settings);
    }

    private object SwitchTrace(bool on)
    {
        if (_stack.Settings.Trace is not { } settings)
            return new StackProtocol.Failed(FailureCode.NotNow, "the service has no directory for traces; start it with one (serve --trace DIR)");
        if (!on) return new StackProtocol.Tracing(EndTrace());
        if (_hasEnded) return new StackProtocol.Failed(FailureCode.NotNow, $"connection {_entry.Id} is over");
        StartTrace(settings);
        return new StackProtocol.Tracing(_trace!.Path);
    }

    private void StartTrace(TraceSettings settings)
    {
        if (_trace is not null) return;
        var (id, log) = (_entry.Id.Value, _stack.Log);
        _trace = new TraceFile(
            settings.PathOf(id), settings.MaximumBytes,
            new TraceHeader(id, _entry.Flow.Local.ToString(), _entry.Flow.Remote.ToString(), _stack.Time.GetUtcNow(), _stack.Now),
            error => log.Error(error, "The trace of connection {0} ends here", id));
        if (_tcp is not null) _tcp.Trace = _trace;
    }

    private void TraceMove(MigrationRecord record) => _trace?.OnMoved(
        record.From, record.To, record.Detail.Length > 0 ? $"{record.Outcome}: {record.Detail}" : record.Outcome.ToString(), _stack.Now);

    private string EndTrace()
    {
        if (_trace is not { } trace) return "";
        _trace = null;
        if (_tcp is not null) _tcp.Trace = null;
        trace.Dispose();
        return trace.Path;
    }
}
