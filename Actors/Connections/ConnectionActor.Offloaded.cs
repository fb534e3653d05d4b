using ActorStack.Transport.Engines;
using ActorStack.Transport.State;
using Akka.Actor;
using Akka.Event;
using static ActorStack.Actors.Connections.ConnectionProtocol;

namespace ActorStack.Actors.Connections;

/// <summary>An engine runs the connection. The actor keeps the policy, the identity and the right to take it back.</summary>
internal sealed partial class ConnectionActor
{
    private TcpConnectionState? _movedIn;

    private UntypedReceive Offloaded() => message =>
    {
        switch (message)
        {
            case SegmentBurst burst:
                ForwardLate(burst);
                break;
            case IcmpArrived or TimerFired:
                break; // was under way when the software stack was left
            case ApplicationWrote or ApplicationRead:
                WatchApplication();
                break;
            case OptionsChanged:
                UpdateEngine();
                break;
            case Query query:
                Answer(query);
                break;
            case Offload offload:
                Decline(offload, $"runs on {_engine!.Name} already; upload it first");
                break;
            case Upload when DeclinesForJournal():
                break;
            case Upload upload:
                BeginUpload(upload.Trigger, UploadReason.UploadRequested, Requester);
                break;
            case UploadRequested asked when asked.Handle == _handle:
                BeginUpload($"{EngineTrigger}{asked.Reason}", asked.Reason, requester: null, asked.Detail);
                break;
            case Aborted aborted when aborted.Handle == _handle:
                EndInEngine(aborted.Error);
                break;
            case EngineEvent stale:
                IgnoreStale(stale);
                break;
            case Retire:
                BeginUpload("the service stops", UploadReason.UploadRequested, requester: null);
                break;
            case Reset reset:
                _abortAfterUpload = new IOException(reset.Reason);
                BeginUpload(reset.Reason, UploadReason.UploadRequested, requester: null);
                break;
            case OpenCancelled:
                break; // the connection was there before
            case PolicyTick:
                ConsultPolicy(_stack.Now);
                break;
            default:
                Unhandled(message);
                break;
        }
    };

    /// <summary>Was in the mailbox when the flow was steered.</summary>
    private void ForwardLate(SegmentBurst burst)
    {
        for (var i = 0; i < burst.Count; i++) _engine!.Forward(_handle, burst.Frame(i));
        burst.Recycle();
    }

    /// <summary>The engine looks itself at what is written and read; a reset is the software stack's to send.</summary>
    private void WatchApplication()
    {
        _observer!.TakeWrote();
        _observer.TakeRead();
        if (_buffers!.AbortError is { } error) BeginUpload($"application: {error.Message}", UploadReason.ApplicationClosing, requester: null);
    }

    private void UpdateEngine()
    {
        try
        {
            _engine!.Update(_handle, _application!.Options);
        }
        catch (Exception error)
        {
            Log.Error(error, "Engine {0} failed to change the options of connection {1}", _engine!.Name, _entry.Id);
        }
    }

    private void EndInEngine(Exception error)
    {
        CountEngine();
        ForgetEngine(invalidate: false);
        End(error);
    }

    /// <summary>The identities part: what comes under this handle from now on is stale.</summary>
    private void ForgetEngine(bool invalidate)
    {
        if (invalidate && _stack.Identifiers.TryFind(_entry.Id.Value, out _)) _engine!.Invalidate(_handle);
        _stack.Identifiers.Remove(_entry.Id.Value);
        _entry.Unsteer(_epoch);
        _entry.RunsOn = Owner.Software;
        _engine = null;
        _handle = default;
    }

    private void CountEngine()
    {
        if (_engine is null || _movedIn is null || !_engine.TryQuery(_handle, out var info)) return;
        CountUpTo(_movedIn.BytesReceived + info.BytesReceived, _movedIn.BytesSent + info.BytesSent);
    }
}
