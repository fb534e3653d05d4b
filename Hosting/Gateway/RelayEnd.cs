namespace ActorStack.Hosting.Gateway;

/// <summary>Why a relay has stopped.</summary>
internal enum RelayEnd
{
    /// <summary>Both directions have ended in order.</summary>
    Finished,

    /// <summary>One of the two connections is to move. Nothing that was read is unwritten.</summary>
    Interrupted,

    /// <summary>No byte came for the idle timeout.</summary>
    Idle,

    /// <summary>The service stops, and the connections are quiet.</summary>
    Stopped,
}
