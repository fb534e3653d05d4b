using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration;
using ActorStack.Actors.Tests.Support;
using ActorStack.Transport.Engines;
using ActorStack.Transport.State;

namespace ActorStack.Actors.Tests.Migration;

/// <summary>
/// What the application does while its connection moves, and what it does then: the new owner must hear of both.
/// </summary>
public class ApplicationDuringMoveTests : StackTest
{
    /// <summary>Many times what the receive window can grow to.</summary>
    private const int Total = 2_000_000;

    private static readonly TimeSpan JournalTimeout = TimeSpan.FromSeconds(10);

    private IConnectionContext? _context;

    [Fact]
    public void An_application_that_reads_while_an_upload_is_claimed_opens_the_window_ever_after()
    {
        var client = Serve();
        Offload("1-1");
        client.Write(Total, Time);
        Settle();
        Journal.Close();
        var upload = Start(new StackProtocol.Upload("1-1"));
        Pump(() => Journal.Waiting > 0, "the claim");

        var read = Read();
        Settle();
        Journal.Open();
        Assert.Equal(MigrationOutcome.Completed, Await<MigrationRecord>(upload).Outcome);

        Assert.Equal(Total, read + ReadWhatComes());
    }

    [Fact]
    public void An_application_that_reads_while_the_engine_gives_back_opens_the_window_ever_after()
    {
        var client = Serve();
        Offload("1-1");
        client.Write(Total, Time);
        Settle();
        Engine.OnTerminate = FakeEngine.Answer.WhenTold;
        var upload = Start(new StackProtocol.Upload("1-1"));
        Pump(() => Engine.Calls.Contains(nameof(IOffloadEngine.Terminate)), "the request");

        var read = Read();
        Settle();
        Engine.Single.AnswerTerminate();
        Assert.Equal(MigrationOutcome.Completed, Await<MigrationRecord>(upload).Outcome);

        Assert.Equal(Total, read + ReadWhatComes());
    }

    [Theory]
    [InlineData(null)]
    [InlineData(RefusalReason.NoConnectionEntries)]
    public void An_application_that_reads_while_an_offload_is_frozen_opens_the_window_ever_after(RefusalReason? refusal)
    {
        var client = Serve();
        client.Write(Total, Time);
        Settle();
        var offload = Freeze();
        var read = Read();
        Settle();
        Engine.Refusal = refusal;
        Engine.Single.AnswerInitiate();
        Await<MigrationRecord>(offload);
        if (refusal is null) Upload("1-1");

        Assert.Equal(Total, read + ReadWhatComes());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_application_that_aborts_after_it_wrote_into_a_frozen_offload_resets_its_connection(bool whileFrozen)
    {
        var client = Serve();
        var offload = Freeze();
        _ = _context!.Pipe.Output.WriteAsync(new byte[100]).AsTask();
        Settle();
        if (whileFrozen) AbortOutput();
        Engine.Single.AnswerInitiate();
        Await<MigrationRecord>(offload);
        if (!whileFrozen) AbortOutput();
        Settle();

        Assert.Equal((TcpState.Closed, 1), (client.State, Peer.ResetsReceived));
        Assert.Equal("aborted: application bug", Ask<ConnectionSnapshot>(new StackProtocol.GetConnection("1-1")).Ended);
    }

    [Fact]
    public void An_application_that_aborts_while_an_upload_is_claimed_in_vain_resets_its_connection()
    {
        var client = Serve();
        var upload = ClaimUpload();
        AbortOutput();
        Advance(JournalTimeout);
        Assert.Equal(MigrationOutcome.RolledBack, Await<MigrationRecord>(upload).Outcome);

        Journal.Open();
        Settle();

        Assert.Equal((TcpState.Closed, 1), (client.State, Peer.ResetsReceived));
    }

    [Fact]
    public void Options_set_while_an_upload_is_claimed_are_the_engines()
    {
        var client = Serve();
        var upload = ClaimUpload();

        _context!.Options = _context.Options with { MaximumSegmentSize = 600 };
        Settle();
        Peer.Payloads.Clear();
        _ = _context.Pipe.Output.WriteAsync(new byte[10_000]).AsTask();
        Pump(() => client.Received.Count == 10_000, "what was written");

        Assert.Equal(588, Peer.Payloads.Max()); // with a timestamp
        Journal.Open();
        Assert.Equal(MigrationOutcome.Completed, Await<MigrationRecord>(upload).Outcome);
    }

    /// <summary>The connection is in the engine, and an upload waits for a journal that does not answer.</summary>
    private Task<object> ClaimUpload()
    {
        Offload("1-1");
        Settle();
        Journal.Close();
        var upload = Start(new StackProtocol.Upload("1-1"));
        Pump(() => Journal.Waiting == 1, "the claim");
        return upload;
    }

    private PeerConnection Serve()
    {
        StartStack();
        Listen(EchoPort, (context, stopping) =>
        {
            _context = context;
            return Applications.Idle(context, stopping);
        });
        var client = Connect(EchoPort);
        Pump(() => _context is not null && Journal.Of("1-1").Count == 1, "the application and the opening");
        return client;
    }

    private Task<object> Freeze()
    {
        Engine.OnInitiate = FakeEngine.Answer.WhenTold;
        var offload = Start(new StackProtocol.Offload("1-1", Engine.Name));
        Pump(() => Engine.Count == 1, "the freeze");
        return offload;
    }

    private void AbortOutput() => _context!.Pipe.Output.Complete(new InvalidOperationException("application bug"));

    /// <summary>Reads what is there.</summary>
    private int Read()
    {
        if (!_context!.Pipe.Input.TryRead(out var result)) return 0;
        var count = (int)result.Buffer.Length;
        _context.Pipe.Input.AdvanceTo(result.Buffer.End);
        return count;
    }

    /// <summary>Reads until nothing more comes. Time stands still: no window probe of the peer's helps.</summary>
    private int ReadWhatComes()
    {
        var total = 0;
        while (Read() is > 0 and var count)
        {
            total += count;
            Settle();
        }

        return total;
    }
}
