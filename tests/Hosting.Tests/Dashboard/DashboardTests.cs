using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ActorStack.Actors;
using ActorStack.Hosting.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace ActorStack.Hosting.Tests.Dashboard;

public sealed partial class DashboardTests
{
    private const string Offload = "connections/a-1-1/offload";

    [Fact]
    public async Task The_page_loads_its_own_files_alone_and_forbids_all_others()
    {
        await using var ground = await DashboardGround.StartAsync(new FakeStack());
        using var page = await ground.Client.GetAsync("", Patience.Token());
        Assert.Equal("text/html", page.Content.Headers.ContentType!.MediaType);
        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy);
        Assert.Equal("nosniff", Assert.Single(page.Headers.GetValues("X-Content-Type-Options")));
        var html = await page.Content.ReadAsStringAsync(Patience.Token());
        Assert.DoesNotMatch("<script(?![^>]* src=)", html);
        Assert.DoesNotMatch("<[^>]* (style|on[a-z]+)=", html);

        var files = new Queue<string>(Source().Matches(html).Select(match => match.Groups[1].Value));
        var seen = new HashSet<string>();
        while (files.TryDequeue(out var file))
        {
            if (!seen.Add(file)) continue;
            Assert.DoesNotContain('/', file);
            var text = await ground.Client.GetStringAsync(file, Patience.Token());
            Assert.DoesNotContain("innerHTML", text);
            Assert.DoesNotContain("https:", text);
            Assert.DoesNotContain("http:", text.Replace("http://www.w3.org/2000/svg", ""));
            foreach (Match import in Import().Matches(text)) files.Enqueue(import.Groups[1].Value);
        }

        Assert.Superset(new HashSet<string> { "dashboard.css", "dashboard.js", "table.js", "plot.js", "icon.svg" }, seen);
    }

    [Fact]
    public async Task The_path_without_a_slash_leads_to_the_page()
    {
        await using var ground = await DashboardGround.StartAsync(new FakeStack());
        using var answer = await ground.Client.GetAsync("../actorstack", Patience.Token());
        Assert.Equal((HttpStatusCode.Redirect, "/actorstack/"), (answer.StatusCode, answer.Headers.Location!.OriginalString));
    }

    [Fact]
    public async Task Ten_thousand_connections_are_filtered_sorted_and_sent_in_pages()
    {
        var stack = new FakeStack
        {
            Connections = [.. Enumerable.Range(1, 10_000).Select(
                number => FakeStack.Connection(number, $"10.8.{number / 250}.{number % 250}:40000"))],
        };
        await using var ground = await DashboardGround.StartAsync(stack);
        var page = await ground.RowsAsync("offset=9990&count=100");
        Assert.Equal((10_000, 10_000, 10), (page.Total, page.Matched, page.Rows.Count));
        Assert.Equal("a-1-10000", page.Rows[^1].Id);
        page = await ground.RowsAsync("sort=bytesReceived&descending=true&count=2");
        Assert.Equal(["a-1-10000", "a-1-9999"], page.Rows.Select(row => row.Id));
        page = await ground.RowsAsync("filter=10.8.7.&count=1000&sort=rtt");
        Assert.Equal((10_000, 250, 250), (page.Total, page.Matched, page.Rows.Count));
        Assert.Equal(page.Rows.OrderBy(row => row.RttMicroseconds), page.Rows);
        Assert.Equal(500, (await ground.RowsAsync("count=100000")).Rows.Count);
        Assert.Equal(0, (await ground.RowsAsync("runsOn=kernel")).Matched);
    }

    [Fact]
    public async Task Many_viewers_share_a_sample_and_without_viewers_there_is_none()
    {
        var stack = new FakeStack();
        await using var ground = await DashboardGround.StartAsync(stack);
        Assert.Equal(0, stack.Lists);
        var pages = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => ground.RowsAsync("")));
        Assert.Equal(pages.Max(page => page.Sample), stack.Lists);
        Assert.InRange(pages.DistinctBy(page => page.Sample).Count(), 1, 49);
    }

    [Fact]
    public async Task The_stream_tells_of_all_moves_first_and_then_of_new_ones()
    {
        await using var ground = await DashboardGround.StartAsync(new FakeStack());
        ground.Moves.Add(DashboardGround.Move("a-1-1"));
        var told = new List<string>();
        await foreach (var next in ground.EventsAsync())
        {
            Assert.Equal(told.Count == 0, next.IsFirst);
            told.Add(string.Join(',', next.Moves.Select(move => move.Record.ConnectionId)));
            if (told.Count == 1) ground.Moves.Add(DashboardGround.Move("a-1-2"));
            if (told[^1] == "a-1-2") break;
        }

        Assert.Equal("a-1-1", told[0]);
        Assert.DoesNotContain("a-1-1", told.Skip(1));
    }

    [Fact]
    public async Task A_stack_that_does_not_run_is_told_as_a_problem()
    {
        await using var ground = await DashboardGround.StartAsync(new FakeStack { IsRunning = false });
        await foreach (var next in ground.EventsAsync())
        {
            Assert.Equal("The stack is not running.", next.Problem);
            break;
        }
    }

    [Fact]
    public async Task Without_the_option_no_request_moves_a_connection()
    {
        await using var ground = await DashboardGround.StartAsync(new FakeStack());
        using var answer = await SendAsync(ground, Offload);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData(null, null, "application/json", HttpStatusCode.Conflict)]
    [InlineData("same-origin", null, "application/json", HttpStatusCode.Conflict)]
    [InlineData("cross-site", null, "application/json", HttpStatusCode.Forbidden)]
    [InlineData("same-site", null, "application/json", HttpStatusCode.Forbidden)]
    [InlineData(null, "http://evil.example", "application/json", HttpStatusCode.Forbidden)]
    [InlineData(null, "null", "application/json", HttpStatusCode.Forbidden)]
    [InlineData(null, null, "text/plain", HttpStatusCode.Forbidden)]
    [InlineData(null, null, "application/x-www-form-urlencoded", HttpStatusCode.Forbidden)]
    public async Task Only_the_page_itself_moves_a_connection(
        string? site, string? origin, string contentType, HttpStatusCode status)
    {
        var stack = new FakeStack { Refusal = new ActorStackException(FailureCode.NotNow, "connection a-1-1 is closing") };
        await using var ground = await DashboardGround.StartAsync(stack, options => options.AllowActions = true);
        using var answer = await SendAsync(ground, "connections/a-1-1/upload", request =>
        {
            if (site is not null) request.Headers.Add("Sec-Fetch-Site", site);
            if (origin is not null) request.Headers.Add("Origin", origin);
            request.Content!.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        });
        Assert.Equal(status, answer.StatusCode);
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Patience.Token()));
        Assert.NotEqual("", problem.RootElement.GetProperty("whatToDo").GetString());
        if (status is HttpStatusCode.Conflict)
            Assert.Equal("connection a-1-1 is closing", problem.RootElement.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("events")]
    [InlineData("rows")]
    [InlineData("dashboard.js")]
    [InlineData("connections/a-1-1")]
    public async Task Authorization_is_that_of_the_application(string path)
    {
        await using var ground = await DashboardGround.StartAsync(
            new FakeStack(),
            services: services =>
            {
                services.AddAuthentication().AddBearerToken();
                services.AddAuthorization();
            },
            conventions: dashboard => dashboard.RequireAuthorization());
        using var answer = await ground.Client.GetAsync(path, Patience.Token());
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task A_move_can_need_a_policy_of_its_own()
    {
        await using var ground = await DashboardGround.StartAsync(
            new FakeStack(), options => (options.AllowActions, options.ActionPolicy) = (true, "operators"),
            services =>
            {
                services.AddAuthentication().AddBearerToken();
                services.AddAuthorization(options => options.AddPolicy("operators", policy => policy.RequireRole("operator")));
            });
        Assert.Equal(0, (await ground.RowsAsync("")).Total);
        using var answer = await SendAsync(ground, Offload);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    private static async Task<HttpResponseMessage> SendAsync(
        DashboardGround ground, string path, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = new StringContent("{ \"engine\": \"toe\" }", Encoding.UTF8, "application/json");
        change?.Invoke(request);
        return await ground.Client.SendAsync(request, Patience.Token());
    }

    [GeneratedRegex("(?:src|href)=\"([^\"]+)\"")]
    private static partial Regex Source();

    [GeneratedRegex("from \"\\./([^\"]+)\"")]
    private static partial Regex Import();
}
