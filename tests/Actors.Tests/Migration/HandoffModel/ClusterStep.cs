using ActorStack.Actors.Migration;

namespace ActorStack.Actors.Tests.Migration.HandoffModel;

/// <summary>A step of the cluster, of which the text is made when a counter-example is printed.</summary>
/// <param name="Node">The node that takes the step, or to which it happens.</param>
/// <param name="What">What happens, after the name of the node.</param>
/// <param name="Message">The message that arrives or is lost; null: none.</param>
/// <param name="State">The state of the node's protocol after the step; null: it is the same as before.</param>
internal readonly record struct ClusterStep(string Node, string What, Flight? Message = null, MigrationState? State = null)
{
    public override string ToString()
    {
        var text = Message is { } flight
            ? $"{Node} {What} {flight.Message.GetType().Name} {flight.Message.Epoch} from {flight.From}"
            : $"{Node} {What}";
        return State is null ? text : $"{text}; it is {State.GetType().Name} {State.Epoch}";
    }
}
