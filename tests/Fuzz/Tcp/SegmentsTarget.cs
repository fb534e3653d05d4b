using ActorStack.Transport.State;
using ActorStack.Transport.Wire;

namespace ActorStack.Fuzz.Tcp;

/// <summary>
/// One connection against a peer that sends any segment whatever: the input is a program of segments, timers, application calls,
/// ICMP and moves. In the end the peer turns honest, and the connection must still do its work.
/// </summary>
internal sealed class SegmentsTarget
{
    private const int MaximumSteps = 400;

    /// <summary>Bytes that the application writes at most in all.</summary>
    private const int MaximumWritten = 100_000;

    private readonly FuzzInput _input;
    private readonly Twins _twins;
    private readonly SegmentComposer _composer;
    private readonly FlowKey _flow;
    private TimeSpan _now = TimeSpan.FromSeconds(100);

    private SegmentsTarget(FuzzInput input)
    {
        _input = input;
        var settings = new FuzzSettings(input);
        _flow = FuzzFlows.For(settings.IsIPv6);
        _twins = new Twins(settings, FuzzFlows.FromServer, FuzzFlows.FromClient);
        _composer = new SegmentComposer(input, _twins, FuzzFlows.FromClient);
        var iss = new SequenceNumber(uint.MaxValue - 30_000);
        if (settings.IsActive)
        {
            Step(side => side.Connect(_flow, iss, _now));
        }
        else
        {
            var syn = _composer.Syn();
            Step(side => side.Accept(_flow, syn, iss, _now));
        }
    }

    public static void Run(ReadOnlyMemory<byte> bytes)
    {
        var target = new SegmentsTarget(new FuzzInput(bytes));
        for (var step = 0; step < MaximumSteps && !target._input.IsEmpty && target._twins.State is not TcpState.Closed; step++)
            target.Step();
        new HonestPeer(target._twins, FuzzFlows.FromClient, target._now).Finish();
    }

    private void Step()
    {
        var operation = _input.Byte();
        var parameter = operation >> 4;
        switch (operation & 15)
        {
            case 0 or 1:
                Arrive(_composer.Arbitrary());
                break;
            case 2:
                Arrive(_composer.Text(_input.Size()));
                break;
            case 3:
                Arrive(_composer.AcknowledgeAll());
                break;
            case 4:
                Arrive(_composer.AcknowledgeSent(parameter));
                break;
            case 5:
                Arrive(_composer.SelectivelyAcknowledge(parameter));
                break;
            case 6:
                Write(_input.Size());
                break;
            case 7:
                var count = _input.Size();
                Step(side => side.Read(count, _now));
                break;
            case 8:
                FireTimer();
                break;
            case 9:
                _now += TimeSpan.FromMilliseconds(1 << parameter);
                break;
            case 10:
                _twins.Move(_now);
                break;
            case 11:
                Arrive(_composer.TextBeyondGap(parameter));
                break;
            case 12:
                Arrive(_composer.Fin());
                break;
            case 13:
                Arrive(_composer.Window());
                break;
            case 14:
                Tell(_composer.Icmp(_flow));
                break;
            default:
                CallApplication(parameter);
                break;
        }
    }

    private void CallApplication(int parameter)
    {
        if (parameter < 8) Step(side => side.Close(_now));
        else if (parameter == 8) Step(side => side.Abandon(_now));
        else if (parameter == 9) Step(side => side.Connection.Abort(new IOException("aborted"), _now));
        else if (parameter == 10) Step(side => side.Connection.Resume(_now));
        else Write(1);
    }

    private void Write(int count)
    {
        if (_twins.Still.Send.Written + count <= MaximumWritten) Step(side => side.Write(count, _now));
    }

    private void FireTimer()
    {
        if (_twins.NextDeadline is not { } due) return;
        if (due > _now) _now = due;
        _twins.OnTimer(_now);
        _composer.NoteOutput();
    }

    private void Arrive(TcpSegment segment) => Step(side => side.Connection.OnSegment(segment, _now));

    private void Tell(IcmpMessage message) => Step(side => side.Connection.OnIcmp(message, _now));

    private void Step(Action<Side> input)
    {
        _twins.Step(input, _now);
        _composer.NoteOutput();
    }
}
