namespace ActorStack.Actors.Tests.Migration.HandoffModel;

/// <summary>What has happened, as far as a rule needs it. A value.</summary>
internal sealed record ClusterFacts
{
    /// <summary>The node that emitted last.</summary>
    public int Emitter { get; init; }

    /// <summary>The epoch at which it emitted.</summary>
    public long Epoch { get; init; }

    /// <summary>The connection ended.</summary>
    public bool IsOver { get; init; }

    /// <summary>The last live node that had the connection crashed or was removed.</summary>
    public bool IsLost { get; init; }

    /// <summary>The rule that a step broke; null: none.</summary>
    public string? Violation { get; init; }
}
