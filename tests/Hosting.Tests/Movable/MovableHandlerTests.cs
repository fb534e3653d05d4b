using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using ActorStack.Actors.Migration;
using ActorStack.Hosting.Tests.Support;
using ActorStack.Tests.Common.Simulation;
using Microsoft.AspNetCore.Connections;

namespace ActorStack.Hosting.Tests.Movable;

/// <summary>The contract of handlers that move.</summary>
public sealed class MovableHandlerTests : HandlerClusterTest
{
    [Fact]
    public void A_handler_that_cannot_move_keeps_its_connection()
    {
        StartNodes<UnmovableHandler>();
        var connection = Connect(EchoPort);
        Assert.Contains("the application of service 'handler' cannot leave it", Declined("b"));
        connection.Close(Time);
        Pump(() => connection.HasReadAll, "the end");
    }

    [Fact]
    public void What_was_flushed_is_sent_though_the_peer_does_not_read_yet()
    {
        StartNodes<GreetingHandler>();
        var connection = Connect(EchoPort, receiveCapacity: 4_096);
        connection.IsReading = false;
        Settle();
        for (var i = 0; i < 4; i++) MoveOn();
        connection.IsReading = true;
        PumpInTime(
            () => connection.Received.Count >= GreetingHandler.Size, TimeSpan.FromMinutes(5), "the greeting of the first node");
        connection.Close(Time);
        PumpInTime(() => connection.HasReadAll, TimeSpan.FromMinutes(5), "the end");
        Assert.Equal(GreetingHandler.Size, connection.Received.Count);
        TestPattern.Verify([.. connection.Received], 0, GreetingHandler.Salt);
        AssertNoReset();
    }

    [Fact]
    public void A_handler_that_has_returned_does_not_start_again_and_its_output_and_FIN_move()
    {
        StartNodes<FarewellHandler>();
        var connection = Connect(EchoPort, receiveCapacity: 4_096);
        connection.IsReading = false;
        Settle();
        for (var i = 0; i < 4; i++) MoveOn();
        connection.IsReading = true;
        PumpInTime(() => connection.HasReadAll, TimeSpan.FromMinutes(5), "the end");
        Assert.Equal(FarewellHandler.Size, connection.Received.Count);
        TestPattern.Verify([.. connection.Received], 0, GreetingHandler.Salt);
        connection.Close(Time);
        PumpInTime(() => ConnectionsOf(Owner).Count == 0, TimeSpan.FromMinutes(5), "the end at the owner");
        AssertNoReset();
    }

    [Fact]
    public void A_handler_that_has_ended_its_output_moves_and_reads_on()
    {
        StartNodes<HalfClosedHandler>();
        var connection = Connect(EchoPort, receiveCapacity: 4_096);
        connection.IsReading = false;
        var written = 0;
        for (var i = 0; i < 6; i++)
        {
            connection.Write(10_000 + i, Time);
            written += 10_000 + i;
            MoveOn();
        }

        connection.IsReading = true;
        PumpInTime(() => connection.HasReadAll, TimeSpan.FromMinutes(5), "the end of the output");
        Assert.Equal(GreetingHandler.Size, connection.Received.Count);
        connection.Write(1, Time);
        connection.Close(Time);
        PumpInTime(() => ConnectionsOf(Owner).Count == 0, TimeSpan.FromMinutes(5), "the end at the owner");
        Assert.Equal(written + 1, HalfClosedHandler.LastCount);
        AssertNoReset();
    }

    [Fact]
    public void A_state_that_the_build_of_the_target_cannot_read_leaves_the_connection_where_it_is()
    {
        StartNodesWithoutService("a", "b");
        Listen("a", Listener<CountHandler>());
        Listen("b", Listener<NewerCountHandler>());
        var connection = Connect(EchoPort);
        connection.Write(5_000, Time);
        Settle();
        var record = HandOff("a", "b");
        Assert.Equal(MigrationOutcome.RolledBack, record.Outcome);
        Assert.Contains("ApplicationRefused", record.Detail);
        Assert.Contains("the state is of version 1", record.Detail);
        connection.Write(5_000, Time);
        connection.Close(Time);
        Pump(() => connection.HasReadAll, "the count");
        Assert.Equal(10_000, BinaryPrimitives.ReadInt64LittleEndian([.. connection.Received]));
        AssertNoReset();
    }

    [Fact]
    public void A_handler_leaves_and_goes_on_through_a_context_that_wraps_that_of_the_connection()
    {
        StartNodes<WrappedCountHandler>();
        var connection = Connect(EchoPort);
        for (var i = 0; i < 4; i++)
        {
            connection.Write(5_000, Time);
            Settle();
            MoveOn();
        }

        connection.Close(Time);
        Pump(() => connection.HasReadAll, "the count");
        Assert.Equal(20_000, BinaryPrimitives.ReadInt64LittleEndian([.. connection.Received]));
        AssertNoReset();
    }

    [Fact]
    public void A_check_that_fails_refuses_the_connection()
    {
        StartNodesWithoutService("a", "b");
        Listen("a", Listener<CountHandler>());
        Listen("b", Listener<FailingCheckHandler>());
        var connection = Connect(EchoPort);
        var record = HandOff("a", "b");
        Assert.Contains("ApplicationRefused: the check of service 'handler' failed: on purpose", record.Detail);
        connection.Close(Time);
        Pump(() => connection.HasReadAll, "the count");
    }

    [Fact]
    public void Input_that_was_examined_and_not_consumed_is_there_for_the_successor()
    {
        StartNodes<LineHandler>();
        var connection = Connect(EchoPort);
        foreach (var part in (string[])["one", " lin", "e\n"])
        {
            connection.Write(Encoding.ASCII.GetBytes(part), Time);
            Settle();
            MoveOn();
        }

        Pump(() => connection.Received.Count > 0, "the line");
        Assert.Equal("one line\n", Encoding.ASCII.GetString([.. connection.Received]));
        connection.Close(Time);
        Pump(() => connection.HasReadAll, "the end");
    }

    [Fact]
    public void A_handler_may_leave_in_the_midst_of_a_read_and_without_a_flush()
    {
        StartNodes<HastyHandler>();
        var connection = Connect(EchoPort);
        connection.Write(10, Time);
        Settle();
        for (var i = 0; i < 3; i++) MoveOn();
        connection.Close(Time);
        Pump(() => connection.HasReadAll, "the end");
        Assert.Equal("goodbye goodbye goodbye 10", Encoding.ASCII.GetString([.. connection.Received]));
        AssertNoReset();
    }

    [Fact]
    public void A_successor_at_the_same_node_finds_the_examined_input()
    {
        StartNodesWithoutService("a", "b");
        Listen("a", Listener<HastyHandler>());
        var connection = Connect(EchoPort);
        connection.Write(10, Time);
        Settle();
        Listen("b", Listener<NewerCountHandler>());
        Assert.Equal(MigrationOutcome.RolledBack, HandOff("a", "b").Outcome);
        connection.Close(Time);
        Pump(() => connection.HasReadAll, "the end");
        Assert.Equal("goodbye 10", Encoding.ASCII.GetString([.. connection.Received]));
        AssertNoReset();
    }

    /// <summary>Consumes its input at the end only.</summary>
    private sealed class HastyHandler : ConnectionHandler, IMovableHandler
    {
        public override async Task OnConnectedAsync(ConnectionContext connection)
        {
            var (input, output) = (connection.Transport.Input, connection.Transport.Output);
            var stopping = connection.ConnectionClosedRequested;
            while (true)
            {
                var read = await input.ReadAsync(stopping);
                if (connection.IsLeaving)
                {
                    output.Write("goodbye "u8);
                    connection.Leave(new byte[] { 1 });
                    return;
                }

                var count = read.Buffer.Length;
                input.AdvanceTo(read.IsCompleted ? read.Buffer.End : read.Buffer.Start, read.Buffer.End);
                if (!read.IsCompleted) continue;
                output.Write(Encoding.ASCII.GetBytes($"{count}"));
                await output.FlushAsync(stopping);
                return;
            }
        }
    }

    /// <summary>Sends back whole lines.</summary>
    private sealed class LineHandler : ConnectionHandler, IMovableHandler
    {
        public override async Task OnConnectedAsync(ConnectionContext connection)
        {
            var (input, output) = (connection.Transport.Input, connection.Transport.Output);
            var stopping = connection.ConnectionClosedRequested;
            while (!connection.IsLeaving)
            {
                var read = await input.ReadAsync(stopping);
                var whole = read.Buffer.PositionOf((byte)'\n') is { } end
                    ? read.Buffer.Slice(0, read.Buffer.GetPosition(1, end))
                    : read.Buffer.Slice(0, 0);
                foreach (var part in whole) output.Write(part.Span);
                input.AdvanceTo(whole.End, read.Buffer.End);
                await output.FlushAsync(stopping);
                if (read.IsCompleted) return;
            }

            connection.Leave();
        }
    }

    private sealed class UnmovableHandler : ConnectionHandler
    {
        public override async Task OnConnectedAsync(ConnectionContext connection)
        {
            var stopping = connection.ConnectionClosedRequested;
            while (!(await connection.Transport.Input.ReadAsync(stopping)).IsCompleted) ;
        }
    }

    /// <summary>Writes more than its buffer holds, then reads to the end.</summary>
    private sealed class GreetingHandler : ConnectionHandler, IMovableHandler
    {
        public const int Size = 1_000_000;
        public const int Salt = 9;

        public override async Task OnConnectedAsync(ConnectionContext connection)
        {
            var (input, output) = (connection.Transport.Input, connection.Transport.Output);
            var stopping = connection.ConnectionClosedRequested;
            if (connection.State.IsEmpty) await output.WriteAsync(TestPattern.Take(0, Size, Salt), stopping);
            while (!connection.IsLeaving)
            {
                var read = await input.ReadAsync(stopping);
                input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) return;
            }

            connection.Leave(new byte[] { 1 });
        }
    }

    /// <summary>Writes less than its buffer holds, and returns.</summary>
    private sealed class FarewellHandler : ConnectionHandler, IMovableHandler
    {
        public const int Size = 100_000;

        public override async Task OnConnectedAsync(ConnectionContext connection) =>
            await connection.Transport.Output.WriteAsync(
                TestPattern.Take(0, Size, GreetingHandler.Salt), connection.ConnectionClosedRequested);
    }

    /// <summary>Writes, ends its output, and counts what comes.</summary>
    private sealed class HalfClosedHandler : ConnectionHandler, IMovableHandler
    {
        public static long LastCount { get; private set; }

        public override async Task OnConnectedAsync(ConnectionContext connection)
        {
            var (input, output) = (connection.Transport.Input, connection.Transport.Output);
            var stopping = connection.ConnectionClosedRequested;
            var count = 0L;
            if (connection.State.IsEmpty)
            {
                await output.WriteAsync(TestPattern.Take(0, GreetingHandler.Size, GreetingHandler.Salt), stopping);
                await output.CompleteAsync();
            }
            else
            {
                count = BinaryPrimitives.ReadInt64LittleEndian(connection.State.Span);
            }

            while (!connection.IsLeaving)
            {
                var read = await input.ReadAsync(stopping);
                count += read.Buffer.Length;
                input.AdvanceTo(read.Buffer.End);
                LastCount = count;
                if (read.IsCompleted) return;
            }

            var state = new byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(state, count);
            connection.Leave(state);
        }
    }

    /// <summary>Counts what comes and reports the count at the end.</summary>
    private class CountHandler : ConnectionHandler, IMovableHandler
    {
        public static string? WhyRefused(ReadOnlyMemory<byte> state) => Refusal(state, version: 1);

        public override async Task OnConnectedAsync(ConnectionContext connection)
        {
            var (input, output) = (connection.Transport.Input, connection.Transport.Output);
            var stopping = connection.ConnectionClosedRequested;
            var count = connection.State.IsEmpty ? 0 : BinaryPrimitives.ReadInt64LittleEndian(connection.State.Span[1..]);
            var state = new byte[9];
            state[0] = 1;
            while (true)
            {
                var read = await input.ReadAsync(stopping);
                count += read.Buffer.Length;
                input.AdvanceTo(read.Buffer.End);
                BinaryPrimitives.WriteInt64LittleEndian(state.AsSpan(1), count);
                if (read.IsCompleted) break;
                if (!connection.IsLeaving) continue;
                connection.Leave(state);
                return;
            }

            output.Write(state.AsSpan(1));
            await output.FlushAsync(stopping);
        }

        protected static string? Refusal(ReadOnlyMemory<byte> state, byte version) =>
            state.Span[0] == version ? null : $"the state is of version {state.Span[0]}, and this build reads version {version}";
    }

    private sealed class WrappedCountHandler : CountHandler, IMovableHandler
    {
        public static new string? WhyRefused(ReadOnlyMemory<byte> state) => Refusal(state, version: 1);

        public override Task OnConnectedAsync(ConnectionContext connection) =>
            base.OnConnectedAsync(new WrappingContext(connection));
    }

    private sealed class NewerCountHandler : CountHandler, IMovableHandler
    {
        public static new string? WhyRefused(ReadOnlyMemory<byte> state) => Refusal(state, version: 2);
    }

    private sealed class FailingCheckHandler : CountHandler, IMovableHandler
    {
        public static new string? WhyRefused(ReadOnlyMemory<byte> state) => throw new InvalidOperationException("on purpose");
    }
}
