using System.Diagnostics;
using ActorStack.Transport.Engines;

namespace ActorStack.Actors.Migration;

/// <summary>The cause of a migration.</summary>
public abstract record MigrationTrigger
{
    private MigrationTrigger()
    {
    }

    /// <summary>The text in the journal and in records. Later builds read it, so it must not change.</summary>
    public sealed override string ToString() => this switch
    {
        Operator => "operator",
        PolicyRule rule => $"policy: rule {rule.Name}",
        NoPolicyRule => "policy: no rule",
        Engine engine => $"engine: {engine.Reason}",
        EngineLost => $"engine: {UploadReason.EngineLost}",
        Application application => $"application: {application.Error}",
        ServiceStop => "the service stops",
        Evacuation => "the node drains",
        Balance => "the node has more connections than others",
        LinkLost lost => lost.Error,
        Departure departure => $"handoff to node {departure.To}",
        Companion companion => $"connection {companion.Connection} moves",
        Handoff handoff => $"handoff from node {handoff.From}",
        _ => throw new UnreachableException(),
    };

    /// <summary>A person, through the control API.</summary>
    public sealed record Operator : MigrationTrigger
    {
        /// <summary>The only instance.</summary>
        public static Operator Instance { get; } = new();
    }

    /// <summary>A rule of the policy matched.</summary>
    public sealed record PolicyRule(string Name) : MigrationTrigger;

    /// <summary>No rule of the policy matches any more.</summary>
    public sealed record NoPolicyRule : MigrationTrigger
    {
        /// <summary>The only instance.</summary>
        public static NoPolicyRule Instance { get; } = new();
    }

    /// <summary>The engine asked to be rid of the connection.</summary>
    public sealed record Engine(UploadReason Reason) : MigrationTrigger
    {
        /// <summary>Returns the trigger for an engine's request; a lost engine has a trigger of its own.</summary>
        public static MigrationTrigger Of(UploadReason reason) =>
            reason == UploadReason.EngineLost ? EngineLost.Instance : new Engine(reason);
    }

    /// <summary>
    /// The engine is lost, or did not give the connection back. The state was rebuilt from host memory, or is lost too.
    /// </summary>
    public sealed record EngineLost : MigrationTrigger
    {
        /// <summary>The only instance.</summary>
        public static EngineLost Instance { get; } = new();
    }

    /// <summary>The application aborted the connection, and only the software stack can send the RST.</summary>
    public sealed record Application(string Error) : MigrationTrigger;

    /// <summary>The stack's link is lost for good, so every connection ends.</summary>
    public sealed record LinkLost(string Error) : MigrationTrigger;

    /// <summary>The connection leaves its engine because it is to move to another node.</summary>
    public sealed record Departure(string To) : MigrationTrigger;

    /// <summary>Another node hands the connection over.</summary>
    public sealed record Handoff(string From) : MigrationTrigger;

    /// <summary>The node hands its connections to the other nodes.</summary>
    public sealed record Evacuation : MigrationTrigger
    {
        /// <summary>The only instance.</summary>
        public static Evacuation Instance { get; } = new();
    }

    /// <summary>The node gives other nodes their share of the connections.</summary>
    public sealed record Balance : MigrationTrigger
    {
        /// <summary>The only instance.</summary>
        public static Balance Instance { get; } = new();
    }

    /// <summary>The connection that moves together with this one is handed to another node.</summary>
    public sealed record Companion(string Connection) : MigrationTrigger;

    /// <summary>The stack stops, so every connection leaves its engine.</summary>
    public sealed record ServiceStop : MigrationTrigger
    {
        /// <summary>The only instance.</summary>
        public static ServiceStop Instance { get; } = new();
    }
}
