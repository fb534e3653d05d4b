using ActorStack.Actors.Migration;
using ActorStack.Hosting.Dashboard;
using ActorStack.Hosting.Services;
using ActorStack.Hosting.Tests.Support;
using ActorStack.Tests.Common;
using ActorStack.Transport.Emulation.Toe;
using ActorStack.Transport.Engines;
using Microsoft.Extensions.DependencyInjection;

namespace ActorStack.Hosting.Tests.Dashboard.Browser;

/// <summary>The page of the dashboard as a browser shows it.</summary>
public sealed class PageTests
{
    private const string Rows = "[...document.querySelectorAll('.body .row:not([hidden])')]";
    private const string Ids = ".body .row:not([hidden]) .id";

    [ToolFact("chromium")]
    public async Task Ten_thousand_connections_are_scrolled_sorted_and_filtered_with_few_elements()
    {
        var stack = new FakeStack
        {
            Connections = [.. Enumerable.Range(1, 10_000).Select(
                number => FakeStack.Connection(number, $"10.8.{number / 250}.{number % 250}:40000"))],
        };
        await using var ground = await DashboardGround.StartAsync(stack);
        await using var browser = await Chromium.OpenAsync(ground.Url.ToString());
        await browser.UntilAsync("document.getElementById('count').textContent.startsWith('10')");
        await browser.UntilAsync($"{Rows}[0]?.textContent.startsWith('a-1-1')");

        await browser.ReadAsync<int>("document.getElementById('table').scrollTop = 1e9");
        await browser.UntilAsync($"{Rows}.some(row => row.querySelector('.id').textContent === 'a-1-10000')");
        Assert.InRange(await browser.ReadAsync<int>("document.querySelectorAll('.row').length"), 10, 100);

        await browser.Page.ClickAsync("button[data-sort=bytesSent]");
        await browser.UntilAsync($"{Rows}.some(row => row.style.transform === 'translateY(0px)' "
            + "&& row.querySelector('.id').textContent === 'a-1-10000')");
        await browser.Page.TypeAsync("#filter", "10.8.7.");
        await browser.UntilAsync("document.getElementById('count').textContent.startsWith('250 of')");
        Assert.All(await browser.TextsAsync(".body .row:not([hidden]) .cell:nth-child(2)"),
            peer => Assert.StartsWith("10.8.7.", peer));
        Assert.Equal("read-only", await browser.ReadAsync<string>("document.getElementById('mode').textContent"));
        Assert.Equal(0, await browser.ReadAsync<int>("document.querySelectorAll('.action').length"));
        Assert.Empty(browser.Errors);
    }

    [ToolFact("chromium")]
    public async Task What_others_have_written_is_text_and_never_a_part_of_the_page()
    {
        const string Hostile = "<img src=x onerror=document.title='taken'>";
        var stack = new FakeStack { Connections = [FakeStack.Connection(1, Hostile)] };
        await using var ground = await DashboardGround.StartAsync(stack);
        ground.Moves.Add(DashboardGround.Move("a-1-1") with { Outcome = MigrationOutcome.RolledBack, Detail = Hostile });
        await using var browser = await Chromium.OpenAsync(ground.Url.ToString());
        await browser.UntilAsync($"document.querySelector('.body .address')?.textContent.includes('onerror')");
        await browser.UntilAsync($"document.querySelector('#feed .why')?.textContent.includes('onerror')");
        Assert.Equal(0, await browser.ReadAsync<int>("document.images.length"));
        Assert.Equal("ActorStack", await browser.ReadAsync<string>("document.title"));
    }

    [ToolFact("chromium")]
    public async Task A_click_moves_a_connection_and_a_refusal_is_shown_with_its_reason()
    {
        await using var host = await MemoryHost.StartAsync(stack => stack
            .AddConnectionHandler<EchoHandler>("echo", MemoryHost.Port)
            .AddDashboard(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0), allowActions: true));
        var client = await host.ConnectAsync();
        await client.Output.WriteAsync(new byte[1_000], Patience.Token());
        await using var browser = await Chromium.OpenAsync(host.Services.GetRequiredService<DashboardService>().Url);
        await browser.UntilAsync("document.querySelector('.body .action')?.textContent === 'toe'");
        var id = Assert.Single(await browser.TextsAsync(Ids));

        await browser.Page.ClickAsync(".body .action");
        await browser.UntilAsync("document.querySelector('.body .badge').textContent === 'toe'");
        await browser.UntilAsync("document.querySelector('.notice b')?.textContent.includes('moved from software to toe')");
        await browser.UntilAsync($"document.querySelector('#feed li')?.textContent.includes('{id} software → toe')");
        Assert.Equal("toe", Assert.Single(await host.Stack.ListConnectionsAsync(ended: false, Patience.Token())).RunsOn);

        await browser.Page.ClickAsync(".body .action");
        await browser.UntilAsync("document.querySelector('.body .badge').textContent === 'software'");
        host.Services.GetRequiredService<ToeFaults>().RefuseNext(RefusalReason.NoConnectionEntries);
        await browser.Page.ClickAsync(".body .action");
        await browser.UntilAsync("document.querySelector('.notice.refused b')?.textContent.includes('stayed where it was')");
        Assert.Contains(await browser.TextsAsync(".notice.refused p"), text => text.Contains("NoConnectionEntries"));
        Assert.Contains(await browser.TextsAsync(".notice.refused p"), text => text.Contains("toe is full"));
        Assert.Equal("software", Assert.Single(await host.Stack.ListConnectionsAsync(ended: false, Patience.Token())).RunsOn);

        await browser.Page.ClickAsync(".body .id button");
        await browser.UntilAsync("document.querySelectorAll('#detail .plot path').length === 5");
        await browser.UntilAsync("document.querySelectorAll('#detail .feed li').length === 3");
        Assert.DoesNotContain(browser.Errors, error => !error.Contains("409"));
    }
}
