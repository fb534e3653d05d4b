namespace ActorStack.Actors.Cluster.Directory;

/// <summary>The times and limits of the directory.</summary>
internal sealed record FlowDirectorySettings
{
    /// <summary>The time for which changes and questions are collected into one message.</summary>
    public TimeSpan BatchInterval { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>The time that the owners need to announce their flows to new holders after a change of membership.</summary>
    public TimeSpan SettleTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The time after which a question ends without an answer.</summary>
    public TimeSpan FindLimit { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The time in which an owner announces all its flows anew, one slot after another.</summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The most flows of the slots that a node holds.</summary>
    public int Capacity { get; init; } = 1_000_000;

    /// <summary>The most questions that wait for an answer; a further one is answered at once as unknown.</summary>
    public int MostQuestions { get; init; } = 10_000;
}
