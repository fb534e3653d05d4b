using System.Net;
using System.Net.Sockets;
using ActorStack.CommandLine.Lab;
using ActorStack.Hosting.Tests.Support;
using ActorStack.Tests.Common;

namespace ActorStack.Hosting.Tests;

/// <summary>Cookies that a process has given to kernel clients are good at the process that takes over.</summary>
public sealed class TakeOverCookieTests
{
    private const int FastPort = 1007;
    private const int LevelTcp = 6;
    private const int TcpFastOpenConnect = 30;

    private static readonly Dictionary<string, string> CookiesOnly = new() { ["ActorStack__Limits__HalfOpen"] = "0" };

    [LinuxFact]
    public async Task A_handshake_that_one_process_began_by_a_cookie_is_finished_by_the_next_one()
    {
        using var lab = new Laboratory(isJournaled: false);
        var running = await lab.StartServiceAsync(CookiesOnly, Patience.Token());
        HoldAcknowledgments(lab);
        using var client = Connect(lab, Ports.Echo, fastOpen: false);
        var exchange = new EchoExchange(client, seed: 1).RunAsync(10_000);
        Assert.Equal(1, (await CountersAsync(lab))["SyncookiesSent"]);

        running = await TakeOverAsync(lab, running);
        Assert.Empty(await lab.EstablishedAsync(Patience.Token()));
        lab.Client.Execute("nft", "delete table inet hold");

        await exchange;
        Assert.Equal(1, (await CountersAsync(lab))["SyncookiesRecv"]);
        running.Dispose();
    }

    [LinuxFact]
    public async Task A_fast_open_cookie_of_one_process_opens_a_connection_at_the_next_one()
    {
        using var lab = new Laboratory(isJournaled: false);
        lab.Client.SetSystemControl("ipv4/tcp_fastopen", "3");
        var service = $"echo={FastPort},tcp-fastopen=16";
        var running = await lab.StartServiceAsync(Patience.Token(), arguments: ["--service", service]);
        await ExchangeAsync(lab);
        Assert.Equal(1, (await CountersAsync(lab))["TCPFastOpenCookieReqd"]);

        running = await TakeOverAsync(lab, running, "--service", service);

        await ExchangeAsync(lab);
        var counters = await CountersAsync(lab);
        Assert.Equal(1, counters["TCPFastOpenPassive"]);
        Assert.DoesNotContain("TCPFastOpenPassiveFail", counters.Keys);
        Assert.DoesNotContain("TCPFastOpenCookieReqd", counters.Keys);
        running.Dispose();
    }

    /// <summary>The client's connect succeeds with the SYN,ACK, and nothing that follows its SYN leaves.</summary>
    private static void HoldAcknowledgments(Laboratory lab) => lab.Client.Execute(
        "nft",
        "add table inet hold; add chain inet hold out { type filter hook output priority 0; };"
        + $"add rule inet hold out tcp dport {Ports.Echo} tcp flags & (syn | ack) == ack drop");

    private static async Task ExchangeAsync(Laboratory lab)
    {
        using var client = Connect(lab, FastPort, fastOpen: true);
        await new EchoExchange(client, seed: 1).RunAsync(10_000);
    }

    private static Socket Connect(Laboratory lab, int port, bool fastOpen)
    {
        var client = lab.Client.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        if (fastOpen) client.SetRawSocketOption(LevelTcp, TcpFastOpenConnect, BitConverter.GetBytes(1));
        client.Connect(new IPEndPoint(IPAddress.Parse(Laboratory.VirtualAddress), port));
        return client;
    }

    private static async Task<ChildProcess> TakeOverAsync(
        Laboratory lab, ChildProcess running, params IEnumerable<string> arguments)
    {
        var next = await lab.StartServiceAsync(Patience.Token(), arguments: ["--take-over", .. arguments]);
        Assert.Equal(0, await running.WaitAsync(Patience.Token()));
        running.Dispose();
        return next;
    }

    private static async Task<IReadOnlyDictionary<string, long>> CountersAsync(Laboratory lab) =>
        (await lab.Control.GetStatisticsAsync(Patience.Token())).TcpExt;
}
