using Xunit.Abstractions;
using Xunit.Sdk;

namespace ActorStack.AspNetCore.Tests.Support;

/// <summary>Finds the tests with a browser where there is one.</summary>
public sealed class BrowserTheoryDiscoverer(IMessageSink messages) : IXunitTestCaseDiscoverer
{
    private readonly TheoryDiscoverer _theories = new(messages);

    public IEnumerable<IXunitTestCase> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        BrowserTheoryAttribute.Browser is null ? [] : _theories.Discover(discoveryOptions, testMethod, factAttribute);
}
