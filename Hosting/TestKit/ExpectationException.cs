namespace ActorStack.TestKit;

/// <summary>An expectation about a connection, a move or the wire is not met.</summary>
public sealed class ExpectationException : Exception
{
    /// <param name="message">What was expected and what came, in whole sentences.</param>
    public ExpectationException(string message)
        : base(message)
    {
    }

    /// <param name="message">What was expected and what came, in whole sentences.</param>
    /// <param name="innerException">The cause.</param>
    public ExpectationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
