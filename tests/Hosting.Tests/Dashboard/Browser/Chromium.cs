using System.Collections.Concurrent;
using PuppeteerSharp;

namespace ActorStack.Hosting.Tests.Dashboard.Browser;

/// <summary>A page in Debian's Chromium, without a window.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private readonly IBrowser _browser;
    private readonly ConcurrentQueue<string> _errors = new();

    private Chromium(IBrowser browser, IPage page) => (_browser, Page) = (browser, page);

    public IPage Page { get; }

    /// <summary>What the page wrote to its console as an error, violations of its policy among them.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    public static async Task<Chromium> OpenAsync(string url)
    {
        var browser = await Puppeteer.LaunchAsync(new LaunchOptions
        {
            ExecutablePath = "/usr/bin/chromium",
            Headless = true,
            Timeout = (int)Patience.Limit.TotalMilliseconds,
            ProtocolTimeout = (int)Patience.Limit.TotalMilliseconds,

            // Tests run as root, in containers with little shared memory, and without a network of their own.
            Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"],
        });
        var page = await browser.NewPageAsync();
        var chromium = new Chromium(browser, page);
        page.DefaultTimeout = (int)Patience.Limit.TotalMilliseconds;
        page.DefaultNavigationTimeout = page.DefaultTimeout;
        page.Console += (_, told) =>
        {
            if (told.Message.Type == ConsoleType.Error) chromium._errors.Enqueue(told.Message.Text);
        };
        page.PageError += (_, told) => chromium._errors.Enqueue(told.Message);
        await page.SetViewportAsync(new ViewPortOptions { Width = 1600, Height = 900 });
        await page.GoToAsync(url);
        return chromium;
    }

    /// <summary>Waits until an expression of JavaScript is true.</summary>
    public Task UntilAsync(string expression) => Page.WaitForFunctionAsync($"() => {expression}");

    public Task<T> ReadAsync<T>(string expression) => Page.EvaluateExpressionAsync<T>(expression);

    /// <summary>The text of the elements that a selector finds.</summary>
    public Task<string[]> TextsAsync(string selector) =>
        ReadAsync<string[]>($"[...document.querySelectorAll('{selector}')].map(one => one.textContent)");

    public async ValueTask DisposeAsync()
    {
        await _browser.CloseAsync();
        await _browser.DisposeAsync();
    }
}
