using ActorStack.Hosting.Services;

namespace ActorStack.Hosting.Tests.Movable;

/// <summary>Echo moves with data in both directions, and loses and doubles nothing.</summary>
public sealed class EchoHandlerTests : HandlerClusterTest
{
    [Theory]
    [InlineData(1)]
    [InlineData(1_459)]
    [InlineData((64 * 1024) + 1)]
    [InlineData((128 * 1024) - 1)]
    [InlineData(128 * 1024)]
    [InlineData((128 * 1024) + 1)]
    [InlineData((512 * 1024) + 1)]
    public void Every_byte_comes_back_once_over_many_handoffs_with_data_on_its_way(int count)
    {
        StartNodes<EchoHandler>();
        var connection = Connect(EchoPort);
        for (var i = 0; i < 12; i++)
        {
            connection.Write(count, Time);
            MoveOn();
        }

        PumpInTime(() => connection.Received.Count >= connection.Written, TimeSpan.FromMinutes(5), "the echo");
        VerifyEcho(connection, 12 * count);
        AssertNoReset();
    }

    [Fact]
    public void Unread_input_and_unsent_output_move_with_the_connection()
    {
        StartNodes<EchoHandler>();
        var connection = Connect(EchoPort, receiveCapacity: 16 * 1024);
        connection.IsReading = false;
        connection.Write(1_000_000, Time);
        Settle();
        Assert.InRange(connection.Unacknowledged, 1, 1_000_000); // both queues of the stack are full
        for (var i = 0; i < 6; i++) MoveOn();
        connection.IsReading = true;
        PumpInTime(() => connection.Received.Count >= 1_000_000, TimeSpan.FromMinutes(5), "the echo");
        VerifyEcho(connection, 1_000_000);
        AssertNoReset();
    }

    [Fact]
    public void A_connection_that_its_peer_has_half_closed_moves_and_ends_in_order()
    {
        StartNodes<EchoHandler>();
        var connection = Connect(EchoPort, receiveCapacity: 16 * 1024);
        connection.IsReading = false;
        connection.Write(300_000, Time);
        connection.Close(Time);
        Settle();
        for (var i = 0; i < 3; i++) MoveOn();
        connection.IsReading = true;
        PumpInTime(() => connection.HasReadAll, TimeSpan.FromMinutes(5), "the end");
        VerifyEcho(connection, 300_000);
        PumpInTime(() => ConnectionsOf(Owner).Count == 0, TimeSpan.FromMinutes(5), "the end at the owner");
        AssertNoReset();
    }
}
