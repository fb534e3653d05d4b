using System.Buffers;
using System.Threading.Channels;
using ActorStack.Tests.Common;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Emulation.Toe;
using ActorStack.Transport.Engines;
using ActorStack.Transport.Links;
using ActorStack.Transport.State;
using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Engines.Emulated;

/// <summary>The TOE on its own thread, in real time: each answer is awaited, none by a clock.</summary>
public sealed class ToeThreadTests : IDisposable
{
    private readonly InMemoryWire _wire = new(new InMemoryWireOptions(), TimeProvider.System);
    private readonly ConnectionBuffers _buffers = new(ConnectionBufferOptions.Default);
    private readonly Recorder _recorder = new();

    public void Dispose() => _wire.Dispose();

    [Fact]
    public async Task A_connection_goes_in_sends_and_comes_back()
    {
        using var toe = EmulatedToe.Start(_wire.Left, new JsonStateCodec());
        var handle = toe.Initiate(Image(), _buffers, _recorder);
        Assert.Equal("initiated", await _recorder.NextAsync());
        _buffers.Send.Refresh();
        toe.Activate(handle);
        await _buffers.Application.Output.WriteAsync("hello"u8.ToArray());

        Assert.Equal("hello", await Task.Run(ReceivePayload).WaitAsync(Patience.Limit));
        toe.Terminate(handle);
        Assert.Equal("frozen", await _recorder.NextAsync());
        Assert.Equal("terminated hello", await _recorder.NextAsync());
        Assert.Equal(0, toe.Count);
    }

    [Fact]
    public async Task A_device_whose_program_fails_is_told_as_lost()
    {
        using var toe = EmulatedToe.Start(_wire.Left, new BrokenCodec());
        toe.Initiate(Image(), _buffers, _recorder);
        Assert.Equal("upload EngineLost: broken", await _recorder.NextAsync());
        toe.Initiate(Image(), _buffers, _recorder);
        Assert.Equal("refused EngineStopped", await _recorder.NextAsync());
    }

    [Fact]
    public async Task A_fault_is_seen_without_traffic()
    {
        using var toe = EmulatedToe.Start(_wire.Left, new JsonStateCodec());
        var handle = toe.Initiate(Image(), _buffers, _recorder);
        Assert.Equal("initiated", await _recorder.NextAsync());
        toe.Activate(handle);
        toe.Faults.ResetDevice();
        Assert.Equal("upload EngineLost: the device was reset", await _recorder.NextAsync());
        Assert.NotNull(toe.Salvage(handle));
    }

    private string ReceivePayload()
    {
        var frames = new LinkFrame[8];
        while (true)
        {
            _wire.Right.Wait(Patience.Limit);
            var count = _wire.Right.Receive(frames);
            for (var i = 0; i < count; i++)
            {
                PacketReader.Read(frames[i].Packet, frames[i].ChecksumVerified, frames[i].SegmentSize, out var packet);
                var text = System.Text.Encoding.ASCII.GetString(packet.Tcp.Payload.Span);
                frames[i].Buffer.Release();
                if (text.Length > 0) return text;
            }
        }
    }

    private static ConnectionImage Image() => new(Record(), ConnectionPayload.None);

    private static TcpConnectionState Record() => new()
    {
        Identity = new IdentitySection
        {
            ConnectionId = "1-1",
            Epoch = 1,
            LocalAddress = [10, 0, 0, 2],
            LocalPort = 7,
            RemoteAddress = [10, 0, 0, 1],
            RemotePort = 40_000,
            State = TcpState.Established,
        },
        Negotiated = new NegotiatedSection
        {
            SendMss = 1460,
            ReceiveMss = 1460,
        },
        Send = new SendSpaceSection
        {
            Iss = 999,
            SndUna = 1000,
            SndNxt = 1000,
            SndMax = 1000,
            SndWnd = 60_000,
            MaxSndWnd = 60_000,
        },
        Receive = new ReceiveSpaceSection
        {
            Irs = 4999,
            RcvNxt = 5000,
            RcvWup = 5000,
            RcvWnd = 60_000,
            LastAckSent = 5000,
        },
        Congestion = new CongestionSection
        {
            Algorithm = "reno",
            Cwnd = 14_600,
            SsThresh = uint.MaxValue,
        },
        RoundTrip = new RoundTripSection { RtoTicks = TimeSpan.TicksPerSecond },
        Path = new PathSection { Mtu = 1500 },
        Options = new SocketOptionsSection { HopLimit = 64 },
        Buffers = new BuffersSection { ReceiveCapacity = 65_535 },
    };

    private sealed class BrokenCodec : IStateCodec
    {
        public byte[] Encode(TcpConnectionState state) => [];

        public DecodedRecord Decode(ReadOnlyMemory<byte> bytes) => throw new InvalidOperationException("broken");
    }

    private sealed class Recorder : IEngineEvents
    {
        private readonly Channel<string> _events = Channel.CreateUnbounded<string>();

        public Task<string> NextAsync() => _events.Reader.ReadAsync().AsTask().WaitAsync(Patience.Limit);

        public void Initiated(EngineHandle handle, FidelityLedger ledger) => Note("initiated");

        public void Refused(EngineHandle handle, RefusalReason reason, string detail) => Note($"refused {reason}");

        public void UploadRequested(EngineHandle handle, UploadReason reason, string detail) =>
            Note($"upload {reason}: {detail}");

        public void Frozen(EngineHandle handle) => Note("frozen");

        public void Terminated(EngineHandle handle, ConnectionImage image, FidelityLedger ledger) =>
            Note($"terminated {System.Text.Encoding.ASCII.GetString(image.Payload.Send.ToArray())}");

        public void Aborted(EngineHandle handle, Exception error) => Note($"aborted {error.Message}");

        private void Note(string text) => _events.Writer.TryWrite(text);
    }
}
