using System.Text.Json;

namespace ActorStack.Samples.WebSocketChat;

/// <summary>What a member of a room takes along when its connection moves. Another build reads it.</summary>
/// <param name="Version">The version of the format.</param>
/// <param name="Room">The room.</param>
/// <param name="Nick">The member's name.</param>
/// <param name="Last">The number of the last message that the member got.</param>
internal sealed record ChatState(int Version, string Room, string Nick, long Last)
{
    private const int Current = 1;

    public static ChatState Of(string room, string nick, long last) => new(Current, room, nick, last);

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, ChatJson.Default.ChatState);

    /// <summary>Null: the state is of another version, or the connection is new.</summary>
    public static ChatState? Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, ChatJson.Default.ChatState) is { Version: Current } state ? state : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
