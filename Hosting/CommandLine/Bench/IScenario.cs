namespace ActorStack.CommandLine.Bench;

/// <summary>One thing to measure.</summary>
internal interface IScenario
{
    IReadOnlyList<string> Targets { get; }

    /// <summary>Each target is measured on a service that has done nothing before.</summary>
    bool NeedsFreshService => false;

    /// <summary>False where one round says it all.</summary>
    bool IsRepeated => true;

    /// <summary>Measures once: the figures by name, with units.</summary>
    Task<IReadOnlyList<Measurement>> MeasureAsync(Bench bench, string target, CancellationToken cancellation);
}
