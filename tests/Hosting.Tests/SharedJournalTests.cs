using System.Net;
using System.Net.Sockets;
using ActorStack.Actors.Migration;
using ActorStack.CommandLine;
using ActorStack.CommandLine.Demo.Cluster;
using ActorStack.CommandLine.Lab;
using ActorStack.CommandLine.Operate;
using ActorStack.Hosting.Services;
using ActorStack.Hosting.Tests.Support;
using ActorStack.Tests.Common.PostgreSql;

namespace ActorStack.Hosting.Tests;

/// <summary>Nodes whose journal is one database of PostgreSQL.</summary>
public sealed class SharedJournalTests : IDisposable
{
    private readonly Lazy<PostgreSqlServer> _lazy = new();

    private PostgreSqlServer Server => _lazy.Value;

    public void Dispose()
    {
        if (_lazy.IsValueCreated) _lazy.Value.Dispose();
    }

    [PostgreSqlFact]
    public async Task Without_the_database_handoffs_are_refused_and_the_transfer_goes_on()
    {
        Server.CreateDatabase();
        using var lab = new ClusterLaboratory(["a", "b"], Server.ConnectionString("journal1", host: Server.SocketDirectory));
        await lab.StartAsync(Patience.Token());
        var before = KernelCounters.Read(lab.Client);
        using var client = await ConnectAsync(lab);
        using var over = new CancellationTokenSource();
        var transfer = TransferAsync(new EchoExchange(client, seed: 1), over.Token);
        var id = Assert.Single(await lab.EstablishedAsync("a", Patience.Token())).Id;

        var there = await EventuallyAsync(() => lab.ControlOf("a").HandOffAsync(id, "b", Patience.Token()), transfer);
        Assert.Equal($"{there.Epoch}", Server.Execute($"SELECT epoch FROM owners WHERE connection = '{id}'", "journal1"));

        Server.Kill();
        Assert.Contains("PostgreSQL is out of reach", await RefusalAsync(lab.ControlOf("b"), id, "a"));
        Assert.NotNull((await lab.ControlOf("a").GetStatisticsAsync(Patience.Token())).JournalProblem);
        Assert.Single(await lab.EstablishedAsync("b", Patience.Token()));

        Server.Start();
        var back = await EventuallyAsync(() => lab.ControlOf("b").HandOffAsync(id, "a", Patience.Token()), transfer);
        Assert.True(back.Epoch > there.Epoch);
        await over.CancelAsync();
        await transfer;
        var counted = KernelCounters.Read(lab.Client) - before;
        Assert.Equal((0, 0), (counted.ResetsReceived, counted.ResetsSent));
        Assert.DoesNotContain(
            lab.ServiceOf("a").Said.Concat(lab.ServiceOf("b").Said), line => line.Contains(PostgreSqlServer.Password));
    }

    [PostgreSqlFact]
    public async Task A_stack_starts_with_the_database_of_its_options()
    {
        var connectionString = Server.CreateDatabase();
        await using (await MemoryHost.StartAsync(AddEcho, options => Configure(options, connectionString)))
            Assert.Equal("1", Server.Execute("SELECT count(*) FROM journal WHERE persistence_id LIKE 'stack-%'", "journal1"));
    }

    [Fact]
    public async Task A_shared_journal_without_a_connection_string_is_told_with_what_to_do()
    {
        var refused = await RefuseAsync(options => Configure(options, null));
        Assert.Contains("ActorStack__Journal__ConnectionString", refused.WhatToDo);
    }

    [Fact]
    public async Task A_state_directory_beside_a_shared_journal_is_refused()
    {
        var refused = await RefuseAsync(options =>
        {
            Configure(options, "Host=127.0.0.1;Port=1");
            options.StateDirectory = "/tmp/not-made";
        });
        Assert.Contains("Give one of them", refused.WhatToDo);
    }

    [Fact]
    public async Task A_database_out_of_reach_is_told_without_the_password()
    {
        var refused = await RefuseAsync(options => Configure(options, "Host=127.0.0.1;Port=1;Username=u;Password=hidden-word"));
        Assert.Contains("PostgreSQL is out of reach", refused.Message);
        Assert.Contains("Start PostgreSQL there", refused.WhatToDo);
        Assert.DoesNotContain("hidden-word", refused.ToString());
    }

    private static void Configure(ActorStackOptions options, string? connectionString) =>
        (options.Journal.Provider, options.Journal.ConnectionString) = (JournalProvider.PostgreSql, connectionString);

    private static Task<StackStartException> RefuseAsync(Action<ActorStackOptions> options) =>
        Assert.ThrowsAsync<StackStartException>(() => MemoryHost.StartAsync(AddEcho, options));

    private static void AddEcho(ActorStackBuilder stack) =>
        stack.AddPostgreSqlJournal().AddConnectionHandler<EchoHandler>("echo", MemoryHost.Port);

    private static async Task<Socket> ConnectAsync(ClusterLaboratory lab)
    {
        var endPoint = new IPEndPoint(IPAddress.Parse(Laboratory.VirtualAddress), Ports.Echo);
        var socket = lab.Client.Run(() => new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        await socket.ConnectAsync(endPoint, Patience.Token());
        return socket;
    }

    /// <summary>Transfers until the end of the test, and once more then.</summary>
    private static async Task TransferAsync(EchoExchange exchange, CancellationToken over)
    {
        await Task.Yield();
        while (!over.IsCancellationRequested) await exchange.RunAsync(100_000);
        await exchange.RunAsync(100_000);
    }

    /// <summary>
    /// The reason for which the target takes no connection. On a busy machine the source may not wait for it, and the next
    /// attempt tells it.
    /// </summary>
    private static async Task<string> RefusalAsync(ControlClient control, string id, string node)
    {
        while (true)
        {
            var refused = await Assert.ThrowsAsync<RolledBackException>(() => control.HandOffAsync(id, node, Patience.Token()));
            if (!refused.Migration.Detail.Contains($"nothing from node {node}")) return refused.Migration.Detail;
        }
    }

    /// <summary>The journal notices by its next attempt that the database is back. The transfer must not end meanwhile.</summary>
    private static async Task<MigrationRecord> EventuallyAsync(Func<Task<MigrationRecord>> handOff, Task transfer)
    {
        var patience = Patience.Token();
        while (true)
        {
            if (transfer.IsCompleted) await transfer;
            try
            {
                return await handOff();
            }
            catch (CommandException refused)
                when (refused.ExitCode == ExitCodes.Refused && !patience.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), CancellationToken.None); // the last refusal tells the reason
            }
        }
    }
}
