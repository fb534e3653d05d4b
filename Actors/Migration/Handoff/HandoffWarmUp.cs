using System.Buffers;
using ActorStack.Actors.Connections;
using ActorStack.Actors.Serialization;
using ActorStack.Actors.Serialization.Messages;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Migration.Handoff;

/// <summary>
/// Runs the path of a handoff once, with a connection that nobody has, so that no peer waits while the path is compiled. On a
/// slow machine that takes more than a second.
/// </summary>
internal static class HandoffWarmUp
{
    private const int Bytes = 1024;

    public static async Task RunAsync(StackShared stack)
    {
        Move(stack);
        if (stack.Settings.Journal is { } store) await store.ClaimAsync([]).ConfigureAwait(false);
    }

    private static void Move(StackShared stack)
    {
        var local = new TcpEndpoint(stack.Host.Settings.Addresses[0], 1);
        var flow = new FlowKey(local, new TcpEndpoint(local.Address, 2));
        var settings = stack.Host.Settings.Tcp;
        var source = new ConnectionBuffers(stack.Buffers);
        source.Application.Output.Write(new byte[Bytes]);
        source.Application.Output.Complete();
        var tcp = TcpConnection.Connect(
            flow, settings, source.Send, source.Receive, new SequenceNumber(1), TimeSpan.Zero, TimeSpan.Zero);
        var image = tcp.View(ExportScope.Whole, TimeSpan.Zero).WithUndelivered(source.ViewUnread());
        image = image with { State = image.State.OwnedBy("warm-up", 1) };

        var order = new ArrivalOrder("warm-up", 1, new HandoffOffer("", "", "", HyperionStateCodec.Version, 0, 0));
        var incoming = new IncomingHandoff("warm-up", order);
        foreach (var chunk in new PayloadCutter("warm-up", 1).Cut(image))
            incoming.Add(Travel(new HandoffMessage.Chunk("warm-up", 1, chunk)));
        var record = HyperionStateCodec.Instance.Encode(image.State);
        var arrived = incoming.Complete(Travel(new HandoffMessage.Transfer("warm-up", 1, record, [], 0)));
        if (arrived is not var (copy, _)) return;

        var target = new ConnectionBuffers(stack.Buffers);
        target.Send.EndPump(copy.Payload.Send);
        TcpConnection.Import(copy, settings, target.Send, target.Receive, TimeSpan.Zero).Resume(TimeSpan.Zero);
        Close(source);
        Close(target);
    }

    private static T Travel<T>(T message)
        where T : HandoffMessage =>
        (T)NodeMessageCodec.Read(NodeMessageCodec.Manifest(message), NodeMessageCodec.Write(message));

    private static void Close(ConnectionBuffers buffers)
    {
        buffers.Application.Input.Complete();
        buffers.Application.Output.Complete();
        buffers.Send.Close();
        buffers.Receive.Complete();
    }
}
