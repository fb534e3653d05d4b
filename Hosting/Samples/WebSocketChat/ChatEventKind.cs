namespace ActorStack.Samples.WebSocketChat;

/// <summary>What happens in a room.</summary>
internal enum ChatEventKind
{
    /// <summary>A member has come.</summary>
    Joined,

    /// <summary>A member has said something.</summary>
    Said,

    /// <summary>A member has gone.</summary>
    Left,
}
