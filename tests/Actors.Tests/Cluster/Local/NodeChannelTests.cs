using System.Buffers.Binary;
using ActorStack.Actors.Cluster;
using ActorStack.Actors.Cluster.Channel;
using ActorStack.Actors.Migration.Handoff;
using ActorStack.Actors.Serialization.Messages;
using ActorStack.Tests.Common;

namespace ActorStack.Actors.Tests.Cluster.Local;

public sealed class NodeChannelTests : IDisposable
{
    private readonly SocketPair _sockets = new();
    private readonly MessageLog _heard = new();
    private readonly NodeChannel _channel;

    public NodeChannelTests() => _channel = new NodeChannel(_sockets.Near) { Receive = _heard.Add };

    public void Dispose()
    {
        _channel.Dispose();
        _sockets.Dispose();
    }

    [Fact]
    public async Task Messages_of_all_threads_arrive_whole_and_each_thread_s_in_order()
    {
        const int Threads = 4;
        const int Each = 500;
        using var peer = new NodeChannel(_sockets.Far);
        _channel.Start("near");
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++) peer.Send(new HandoffMessage.Chunk($"{thread}", i, Bytes(i)));
        })));

        var heard = (await _heard.TakeAsync(Threads * Each)).Cast<HandoffMessage.Chunk>().ToList();
        for (var thread = 0; thread < Threads; thread++)
        {
            Assert.Equal(
                Enumerable.Range(0, Each).Select(i => (long)i),
                heard.Where(one => one.Connection == $"{thread}").Select(one => one.Epoch));
        }

        Assert.All(heard, one => Assert.Equal(Bytes((int)one.Epoch), one.Bytes));
    }

    [Fact]
    public async Task A_sender_never_waits_for_a_peer_that_does_not_read_and_what_it_sent_arrives_later()
    {
        const int Messages = 40;
        var large = new byte[1 << 20];
        for (var i = 0; i < Messages; i++) _channel.Send(new HandoffMessage.Chunk("a-1-1", i, large));

        using var peer = new NodeChannel(_sockets.Far) { Receive = _heard.Add };
        peer.Start("far");
        var heard = await _heard.TakeAsync(Messages);
        Assert.Equal(Enumerable.Range(0, Messages).Select(i => (long)i), heard.Select(one => ((HandoffMessage.Chunk)one).Epoch));
    }

    [Fact]
    public async Task What_a_peer_that_does_not_read_would_have_to_hold_beyond_the_limit_is_dropped()
    {
        var large = new byte[NodeMessageCodec.MaximumLength / 2];
        for (var i = 0; i < 8; i++) _channel.Send(new HandoffMessage.Chunk("a-1-1", i, large));
        _channel.Send(new HandoffMessage.Prepared("a-1-1", 99));

        using var peer = new NodeChannel(_sockets.Far) { Receive = _heard.Add };
        peer.Start("far");
        await _heard.UntilAsync(message => message is HandoffMessage.Prepared);
        Assert.InRange(_heard.Count, 2, 8);
    }

    [Fact]
    public void A_message_above_the_largest_is_the_senders_fault() => Assert.Throws<ArgumentException>(
        () => _channel.Send(new HandoffMessage.Chunk("a-1-1", 1, new byte[NodeMessageCodec.MaximumLength])));

    [Fact]
    public async Task The_channel_ends_in_order_where_the_peer_closes_it_between_two_messages()
    {
        _channel.Start("near");
        Write(Frame(new HandoffMessage.Prepared("a-1-1", 1)));
        _sockets.Far.Dispose();
        Assert.Null(await EndAsync());
        Assert.Equal(new HandoffMessage.Prepared("a-1-1", 1), Assert.Single(await _heard.TakeAsync(1)));
    }

    [Fact]
    public async Task A_message_that_the_end_of_the_peer_cut_short_is_not_delivered()
    {
        _channel.Start("near");
        Write(Frame(new HandoffMessage.Prepared("a-1-1", 1)).AsSpan()[..^1]);
        _sockets.Far.Dispose();
        Assert.Contains("truncated", Assert.IsType<FormatException>(await EndAsync()).Message);
        Assert.Equal(0, _heard.Count);
    }

    [Fact]
    public async Task A_frame_that_arrives_byte_by_byte_is_read()
    {
        _channel.Start("near");
        foreach (var one in Frame(new HandoffMessage.Prepared("a-1-1", 1))) Write([one]);
        Assert.Equal(new HandoffMessage.Prepared("a-1-1", 1), Assert.Single(await _heard.TakeAsync(1)));
    }

    [Theory]
    [InlineData(0, "checksum of the header")] // the length of the fields
    [InlineData(8, "checksum of the header")] // the checksum
    [InlineData(12, "checksum of the header")] // the manifest
    [InlineData(-1, "the checksum is wrong")] // the fields
    public async Task A_damaged_byte_ends_the_channel(int at, string reason)
    {
        var frame = Frame(new HandoffMessage.Prepared("a-1-1", 1));
        frame[at < 0 ? frame.Length + at : at] ^= 1;
        _channel.Start("near");
        Write([.. frame, .. Frame(new HandoffMessage.Prepared("a-1-1", 2))]);
        Assert.Contains(reason, Assert.IsType<FormatException>(await EndAsync()).Message);
        Assert.Equal(0, _heard.Count);
    }

    [Fact]
    public async Task A_length_above_the_largest_message_ends_the_channel_before_anything_is_allocated_for_it()
    {
        var frame = Frame(new HandoffMessage.Prepared("a-1-1", 1));
        BinaryPrimitives.WriteInt32LittleEndian(frame, int.MaxValue);
        _channel.Start("near");
        Write(frame);
        Assert.Contains("larger than the largest", Assert.IsType<FormatException>(await EndAsync()).Message);
    }

    [Fact]
    public async Task Another_version_of_the_channel_is_named()
    {
        var frame = Frame(new HandoffMessage.Prepared("a-1-1", 1));
        frame[6] = 9;
        _channel.Start("near");
        Write(frame);
        Assert.Contains("version 9", Assert.IsType<FormatException>(await EndAsync()).Message);
    }

    [Fact]
    public async Task A_message_that_this_build_does_not_know_is_answered_with_its_name_and_the_next_is_delivered()
    {
        using var peer = new NodeChannel(_sockets.Far) { Receive = _heard.Add };
        peer.Start("far");
        var later = FrameOf("node-later/7", []);
        _channel.Start("near");
        _sockets.Far.Send(later);
        peer.Send(new HandoffMessage.Prepared("a-1-1", 1));
        var heard = await _heard.TakeAsync(2);
        Assert.Contains(new HandoffMessage.Prepared("a-1-1", 1), heard);
        Assert.Equal("node-later/7", Assert.Single(heard.OfType<NodeMessage.Unknown>()).Manifest);
    }

    private static byte[] Bytes(int number) => Enumerable.Repeat((byte)number, number % 300).ToArray();

    private static byte[] Frame(NodeMessage message)
    {
        var bytes = new byte[NodeFrame.Length(message)];
        NodeFrame.Write(message, bytes);
        return bytes;
    }

    /// <summary>The frame of a message that a later build has.</summary>
    private static byte[] FrameOf(string manifest, byte[] fields)
    {
        var bytes = new byte[NodeFrame.HeaderLength + manifest.Length + fields.Length];
        NodeFrame.WriteHeader(manifest, fields.Length, bytes);
        fields.CopyTo(bytes, NodeFrame.HeaderLength + manifest.Length);
        return bytes;
    }

    private void Write(ReadOnlySpan<byte> bytes) => _sockets.Far.Send(bytes);

    private Task<Exception?> EndAsync() => _channel.Ended.WaitAsync(Patience.Limit);
}
