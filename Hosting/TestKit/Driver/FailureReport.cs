namespace ActorStack.TestKit.Driver;

/// <summary>The text of a failed run.</summary>
internal static class FailureReport
{
    private const string Variable = "ACTORSTACK_CAPTURES";

    /// <param name="network">The network of the run.</param>
    /// <param name="error">What the test threw.</param>
    /// <param name="test">The name of the test, with its class.</param>
    public static StackTestException Of(StackNetwork network, Exception error, string test)
    {
        var capture = Save(network, test);
        var message = $"""
            {error.Message}

            The seed was {network.Seed}. To run it again:
                ACTORSTACK_SEED={network.Seed} dotnet test --filter FullyQualifiedName~{test}
            The packets are in {capture}
            What happened, in virtual time:
            {network.Log}
            """;
        return new StackTestException(message, network.Seed, capture, error);
    }

    private static string Save(StackNetwork network, string test)
    {
        var directory = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given
            ? given
            : Path.Combine(Path.GetTempPath(), "actorstack-captures");
        var file = Path.Combine(Directory.CreateDirectory(directory).FullName, $"{test}.seed-{network.Seed}.pcap");
        File.WriteAllBytes(file, network.Capture);
        return file;
    }
}
