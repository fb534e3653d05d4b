using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;
using static ActorStack.Fuzz.InvariantException;

namespace ActorStack.Fuzz.Tcp;

/// <summary>
/// Two connections over a wire that the fuzzer plays: it loses, doubles, reorders, merges, marks and delays segments. Neither
/// connection lies, so once the wire behaves again every byte arrives, and both end.
/// </summary>
internal sealed class TransferTarget
{
    private const int MaximumSteps = 500;

    /// <summary>Bytes that each application writes at most in all.</summary>
    private const int MaximumWritten = 100_000;

    private const int Patience = 2_000;

    private static readonly SequenceNumber ClientIss = new(uint.MaxValue - 50_000);
    private static readonly SequenceNumber ServerIss = new(int.MaxValue - 50_000);

    private readonly FuzzInput _input;
    private readonly HostileWire _wire = new();
    private readonly Twins _client;
    private readonly Twins _server;
    private readonly FlowKey _flow;
    private bool _isAccepted;
    private TimeSpan _now = TimeSpan.FromSeconds(100);

    private TransferTarget(FuzzInput input)
    {
        _input = input;
        var (client, server) = (new FuzzSettings(input), new FuzzSettings(input));
        _flow = FuzzFlows.For(client.IsIPv6);
        _client = new Twins(client, FuzzFlows.FromClient, FuzzFlows.FromServer);
        _server = new Twins(server, FuzzFlows.FromServer, FuzzFlows.FromClient);
        Step(_client, side => side.Connect(_flow.Reversed, ClientIss, _now));
    }

    private bool IsOver => IsDone(_client) && _isAccepted && IsDone(_server);

    private bool HasFailed => _client.State is TcpState.Closed || (_isAccepted && _server.State is TcpState.Closed);

    public static void Run(ReadOnlyMemory<byte> bytes)
    {
        var target = new TransferTarget(new FuzzInput(bytes));
        for (var step = 0; step < MaximumSteps && !target._input.IsEmpty; step++) target.Step();
        target.Finish();
    }

    private void Step()
    {
        var operation = _input.Byte();
        var parameter = operation >> 4;
        var endpoint = (parameter & 1) == 0 || !_isAccepted ? _client : _server;
        switch (operation & 15)
        {
            case 0 or 1:
                Deliver(parameter);
                break;
            case 2:
                for (var count = 0; count <= parameter; count++) Deliver(0);
                break;
            case 3:
                Deliver(_wire.Count - 1 - parameter);
                break;
            case 4:
                if (parameter < _wire.Count) _wire.Take(parameter);
                break;
            case 5:
                if (parameter < _wire.Count) Arrive(_wire.Peek(parameter));
                break;
            case 6:
                Write(endpoint, _input.Size());
                break;
            case 7:
                var count2 = _input.Size();
                Step(endpoint, side => side.Read(count2, _now));
                break;
            case 8:
                FireTimer();
                break;
            case 9:
                _now += TimeSpan.FromMilliseconds(1 << (parameter & 7));
                break;
            case 10:
                endpoint.Move(_now);
                break;
            case 11:
                if (parameter < 4) Step(endpoint, side => side.Close(_now));
                break;
            case 12:
                if (parameter < _wire.Count) _wire.Mark(parameter);
                break;
            case 13:
                Merge(parameter);
                break;
            case 14:
                TooBig(parameter);
                break;
            default:
                for (var lost = 0; lost <= parameter && _wire.Count > 0; lost++) _wire.Take(0);
                break;
        }
    }

    private void Write(Twins endpoint, int count)
    {
        if (endpoint.Still.Send.Written + count <= MaximumWritten) Step(endpoint, side => side.Write(count, _now));
    }

    private void Merge(int index)
    {
        if (index >= _wire.Count) return;
        var toServer = _wire.Peek(index).ToServer;
        _wire.Merge(index, toServer ? FuzzFlows.FromClient : FuzzFlows.FromServer, (toServer ? ClientIss : ServerIss) + 1);
    }

    /// <summary>A router drops a segment and says what it could have carried.</summary>
    private void TooBig(int index)
    {
        if (index >= _wire.Count) return;
        var (toServer, segment) = _wire.Take(index);
        var mtu = (uint)_input.Size();
        var flow = toServer ? _flow.Reversed : _flow;
        var message = new IcmpMessage(IcmpKind.PacketTooBig, Type: 3, Code: 4, mtu, QuotesTcp: true, flow, segment.Sequence);
        Step(toServer ? _client : _server, side => side.Connection.OnIcmp(message, _now));
    }

    private void Deliver(int index)
    {
        if (index >= 0 && index < _wire.Count) Arrive(_wire.Take(index));
    }

    private void Arrive((bool ToServer, TcpSegment Segment) arrival)
    {
        var segment = arrival.Segment;
        if (!arrival.ToServer)
        {
            Step(_client, side => side.Connection.OnSegment(segment, _now));
        }
        else if (_isAccepted)
        {
            Step(_server, side => side.Connection.OnSegment(segment, _now));
        }
        else if (segment.Has(TcpFlags.Syn))
        {
            _isAccepted = true;
            Step(_server, side => side.Accept(_flow, segment, ServerIss, _now));
        }
    }

    private bool FireTimer()
    {
        var server = _isAccepted ? _server.NextDeadline : null;
        var isServer = server is not null && (_client.NextDeadline is null || server < _client.NextDeadline);
        var endpoint = isServer ? _server : _client;
        if (endpoint.NextDeadline is not { } due) return false;
        if (due > _now) _now = due;
        endpoint.OnTimer(_now);
        _wire.Send(toServer: !isServer, endpoint.Output);
        return true;
    }

    private void Step(Twins endpoint, Action<Side> input)
    {
        endpoint.Step(input, _now);
        _wire.Send(toServer: endpoint == _client, endpoint.Output);
    }

    private void Finish()
    {
        if (HasFailed && !IsOver) return;
        var mayFail = Neglect.IsPossible(_client.Record) || (_isAccepted && Neglect.IsPossible(_server.Record));
        Step(_client, side => side.Close(_now));
        for (var round = 0; !IsOver; round++)
        {
            Require(round < Patience * 10, $"the transfer does not end: {_client.State}, {_server.State}");
            if (HasGivenUp(_client) || (_isAccepted && HasGivenUp(_server)))
            {
                Require(mayFail,
                    $"{_client.Connection.Error?.Message}, {_server.Connection.Error?.Message} over a wire that behaves");
                return;
            }

            if (_isAccepted && !_server.Still.Send.IsCompleted) Step(_server, side => side.Close(_now));
            Read(_client);
            if (_isAccepted) Read(_server);
            if (_wire.Count > 0) Deliver(0);
            else Require(FireTimer(), $"no timer runs, in {_client.State} and {_server.State}");
        }

        if (HasGivenUp(_client) || HasGivenUp(_server)) return;
        Compare(_client, _server);
        Compare(_server, _client);
    }

    private void Read(Twins endpoint)
    {
        if (endpoint.Still.Receive.Unread > 0) Step(endpoint, side => side.Read(int.MaxValue / 2, _now));
    }

    private static void Compare(Twins from, Twins to)
    {
        var (sent, received) = (from.Still.Send, to.Still.Receive);
        Require(
            received.IsCompleted && received.Delivered == sent.Written, $"{received.Delivered} of {sent.Written} bytes arrived");
    }

    private static bool IsDone(Twins endpoint) =>
        endpoint.Events.HasFlag(TcpEvents.Closed) || endpoint.State is TcpState.TimeWait;

    private static bool HasGivenUp(Twins endpoint) => endpoint.Connection.Error is not null;
}
