namespace ActorStack.TestKit;

/// <summary>A run of a test failed. The inner exception is what the test threw.</summary>
public sealed class StackTestException : Exception
{
    internal StackTestException(string message, int seed, string capture, Exception innerException)
        : base(message, innerException) => (Seed, Capture) = (seed, capture);

    /// <summary>The seed of the run.</summary>
    public int Seed { get; }

    /// <summary>The path of the capture file.</summary>
    public string Capture { get; }
}
