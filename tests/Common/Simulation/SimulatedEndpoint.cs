using System.Buffers;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;

namespace ActorStack.Tests.Common.Simulation;

/// <summary>
/// A connection of the software stack with a model of its application: it writes a pattern, reads and verifies the peer's.
/// </summary>
public sealed class SimulatedEndpoint
{
    private readonly SimulationSettings _settings;
    private readonly int _writeSalt;
    private readonly int _readSalt;
    private readonly long _toWrite;
    private long _written;
    private TimeSpan _nextRead;

    public SimulatedEndpoint(string name, SimulationSettings settings, int writeSalt, int readSalt, long toWrite)
    {
        Name = name;
        _settings = settings;
        _writeSalt = writeSalt;
        _readSalt = readSalt;
        _toWrite = toWrite;
        Send = new SimulatedSendQueue(settings.SendCapacity);
        Receive = new SimulatedReceiveQueue(settings.ReceiveCapacity);
    }

    public string Name { get; }

    public SimulatedSendQueue Send { get; private set; }

    public SimulatedReceiveQueue Receive { get; }

    public TcpConnection? Connection { get; set; }

    public TcpEvents Events { get; private set; }

    public long BytesRead { get; private set; }

    public int Migrations { get; private set; }

    /// <summary>The peer closed and everything is read.</summary>
    public bool HasReadAll => Receive.IsCompleted && Receive.Unread == 0;

    /// <summary>When the application wants to run next, if it waits for time to pass.</summary>
    public TimeSpan? NextRead => Receive.Visible > 0 ? _nextRead : null;

    /// <summary>The application's turn: writes what there is room for, closes at the end, reads what it may.</summary>
    public void RunApplication(TimeSpan now)
    {
        if (Connection is null || (Events & TcpEvents.Established) == 0) return;
        var count = (int)Math.Min(Send.Free, _toWrite - _written);
        if (count > 0) Send.Write(TestPattern.Take(_written, count, _writeSalt));
        _written += count;
        var closes = _written == _toWrite && !Send.IsCompleted;
        if (closes) Send.Complete();
        if (count > 0 || closes) Connection.OnApplicationWrote(now);
        Read(now);
    }

    /// <summary>Before the connection is there: what its SYN may take along.</summary>
    public void WriteEarly(int count)
    {
        Send.Write(TestPattern.Take(0, count, _writeSalt));
        _written = count;
    }

    public void TakeEvents() => Events |= Connection!.TakeEvents();

    /// <summary>Moves the connection through its record into a new object with new queues, as to another machine.</summary>
    public void Migrate(TimeSpan now, Func<ConnectionImage, ConnectionImage>? carry = null)
    {
        TakeEvents();
        var image = Connection!.Capture(ExportScope.Whole, now);
        if (carry is not null) image = carry(image);
        Send = Send.Successor(image.Payload.Send.ToArray());
        Connection = TcpConnection.Import(image, _settings.Tcp, Send, Receive, now);
        Migrations++;
    }

    private void Read(TimeSpan now)
    {
        if (Receive.Visible == 0 || now < _nextRead) return;
        var bytes = Receive.Read(_settings.ReadSize);
        TestPattern.Verify(bytes, BytesRead, _readSalt);
        BytesRead += bytes.Length;
        _nextRead = now + _settings.ReadPause;
        Connection!.OnApplicationRead(now);
    }
}
