namespace ActorStack.TestKit.Driver;

/// <summary>Something that the test waits for, up to a limit of virtual time.</summary>
internal sealed class Expectation : IDisposable
{
    private readonly NetworkDriver _driver;
    private readonly CancellationTokenSource _late;

    /// <param name="driver">The driver, which lets time pass while something is expected.</param>
    /// <param name="what">What is awaited, as in "waited in vain for ...".</param>
    /// <param name="limit">The virtual time that it may take.</param>
    public Expectation(NetworkDriver driver, string what, TimeSpan limit)
    {
        (_driver, What, Limit, Deadline) = (driver, what, limit, driver.Now + limit);
        _late = new CancellationTokenSource(limit, driver.Clock);
        driver.Add(this);
    }

    public string What { get; }

    public TimeSpan Limit { get; }

    public TimeSpan Deadline { get; }

    /// <summary>Cancelled at the deadline.</summary>
    public CancellationToken Late => _late.Token;

    /// <summary>
    /// Virtual time stands still until it is met: for the start of a stack, which takes real time on threads of Akka's.
    /// </summary>
    public bool IsStanding { get; init; }

    /// <summary>The other threads have been waited for before the deadline.</summary>
    public bool IsLastCall { get; set; }

    /// <summary>The failure at the deadline.</summary>
    /// <param name="came">What came instead.</param>
    public ExpectationException InVain(string came) =>
        new($"Waited {Limit.TotalSeconds:0.###} s of virtual time in vain for {What}: {came}.");

    public void Dispose()
    {
        _driver.Remove(this);
        _late.Dispose();
    }
}
