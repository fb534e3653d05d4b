namespace ActorStack.Actors.Persistence;

/// <summary>The database of the journal cannot be used.</summary>
/// <param name="problem">The sentence that names the problem.</param>
/// <param name="advice">The sentences that say how to solve it.</param>
/// <param name="inner">The failure of the database; null: the connection string is at fault.</param>
internal sealed class ConnectionStoreException(string problem, string advice, Exception? inner = null)
    : Exception($"{problem} {advice}", inner)
{
    /// <summary>The sentence that names the problem. It never contains a password.</summary>
    public string Problem => problem;

    /// <summary>The sentences that say how to solve it.</summary>
    public string Advice => advice;
}
