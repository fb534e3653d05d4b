using Xunit.Sdk;

namespace ActorStack.AspNetCore.Tests.Support;

/// <summary>
/// A test with a browser, which is there where ACTORSTACK_BROWSER names one, e.g. ACTORSTACK_BROWSER=chromium. A browser is too
/// large to install it for the tests.
/// </summary>
[XunitTestCaseDiscoverer("ActorStack.AspNetCore.Tests.Support.BrowserTheoryDiscoverer", "ActorStack.AspNetCore.Tests")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public static string? Browser { get; } = Environment.GetEnvironmentVariable("ACTORSTACK_BROWSER");
}
