using System.Buffers;
using System.Text.Json;
using ActorStack.Actors.Serialization;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;
using static ActorStack.Fuzz.InvariantException;

namespace ActorStack.Fuzz.Tcp;

/// <summary>A connection, its queues and its application.</summary>
internal sealed class Side(FuzzSettings settings, Pattern writes, Pattern reads)
{
    private const int ShownLength = 200;
    private const int ChunkSize = 20_000;

    public PatternSendQueue Send { get; private set; } = new(writes, settings.SliceLimit);

    public PatternReceiveQueue Receive { get; } = new(reads, settings.Capacity, settings.InitialLimit);

    public TcpConnection Connection { get; private set; } = null!;

    public void Connect(in FlowKey flow, SequenceNumber iss, TimeSpan now) =>
        Connection = TcpConnection.Connect(flow, settings.Tcp, Send, Receive, iss, TimeSpan.FromHours(5), now);

    public void Accept(in FlowKey flow, in TcpSegment syn, SequenceNumber iss, TimeSpan now) =>
        Connection = TcpConnection.Accept(flow, syn, settings.Tcp, Send, Receive, iss, TimeSpan.FromHours(7), now);

    public void Write(int count, TimeSpan now)
    {
        if (Send.IsCompleted) return;
        Send.Write(count);
        Connection.OnApplicationWrote(now);
    }

    public void Read(int count, TimeSpan now)
    {
        Receive.Read(count);
        Connection.OnApplicationRead(now);
    }

    public void Close(TimeSpan now)
    {
        if (Send.IsCompleted) return;
        Send.IsCompleted = true;
        Connection.OnApplicationWrote(now);
    }

    /// <summary>The application reads no more.</summary>
    public void Abandon(TimeSpan now)
    {
        Receive.IsAbandoned = true;
        Connection.OnApplicationRead(now);
    }

    /// <summary>
    /// Through the bytes of its record and the chunks of its payload into a new connection, which has the very same record.
    /// </summary>
    public void Move(TimeSpan now)
    {
        var image = Connection.Capture(ExportScope.Whole, now);
        var bytes = HyperionStateCodec.Instance.Encode(image.State);
        var decoded = HyperionStateCodec.Instance.Decode(bytes);
        Require(decoded.Ledger.Entries.Count == 0, "something of the record was not kept");
        var assembly = new PayloadAssembly("", epoch: 0);
        foreach (var chunk in new PayloadCutter("", epoch: 0, ChunkSize).Cut(image).Reverse()) assembly.Add(chunk);
        Import(new ConnectionImage(decoded.State, assembly.Complete(decoded.State)), now);
        var after = Connection.Export(ExportScope.Whole, now);
        Require(
            bytes.AsSpan().SequenceEqual(HyperionStateCodec.Instance.Encode(after)),
            $"a move changed the record: {Difference(decoded.State, after)}");
    }

    /// <summary>The same without bytes and comparison, which take most of the time.</summary>
    public void MoveQuickly(TimeSpan now) => Import(Connection.Capture(ExportScope.Whole, now), now);

    private void Import(ConnectionImage image, TimeSpan now)
    {
        var events = Connection.TakeEvents();
        Require(events == TcpEvents.None, $"{events} not taken before a move");
        Send = Send.Successor(image.Payload.Send.ToArray());
        Connection = TcpConnection.Import(image, settings.Tcp, Send, Receive, now);
    }

    /// <summary>Where the records of two connections differ that should not.</summary>
    public string DifferenceFrom(Side other, TimeSpan now) =>
        Difference(Connection.Export(ExportScope.Bare, now), other.Connection.Export(ExportScope.Bare, now));

    private static string Difference(TcpConnectionState left, TcpConnectionState right) =>
        string.Join(", ", typeof(TcpConnectionState).GetProperties()
            .Select(property => (
                property.Name,
                Left: JsonSerializer.Serialize(property.GetValue(left)),
                Right: JsonSerializer.Serialize(property.GetValue(right))))
            .Where(pair => pair.Left != pair.Right)
            .Select(pair => $"{pair.Name} {pair.Left[..Math.Min(pair.Left.Length, ShownLength)]} -> "
                + $"{pair.Right[..Math.Min(pair.Right.Length, ShownLength)]}"));
}
