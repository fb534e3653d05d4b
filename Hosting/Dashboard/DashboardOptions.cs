namespace ActorStack.Hosting;

/// <summary>The options of the dashboard.</summary>
public sealed class DashboardOptions
{
    /// <summary>
    /// Whether the page moves connections. False: it only shows them, and the requests that move one do not exist.
    /// </summary>
    public bool AllowActions { get; set; }

    /// <summary>
    /// The authorization policy of ASP.NET Core that a request which moves a connection must fulfil, in addition to what the
    /// whole dashboard requires; null: none.
    /// </summary>
    public string? ActionPolicy { get; set; }

    /// <summary>The secret that a request which moves a connection must have; null: none.</summary>
    internal string? ActionToken { get; set; }
}
