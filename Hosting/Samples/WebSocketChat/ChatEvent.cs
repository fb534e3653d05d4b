using System.Text.Json;

namespace ActorStack.Samples.WebSocketChat;

/// <summary>What the members of a room see, in the log and on the wire.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Nick">Whose doing it was.</param>
/// <param name="Text">What the member said; else empty.</param>
/// <param name="Number">Its number in the log, which the log itself does not keep.</param>
internal sealed record ChatEvent(ChatEventKind Kind, string Nick, string Text, long Number)
{
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, ChatJson.Default.ChatEvent);

    public static ChatEvent Read(ReadOnlySpan<byte> bytes) => JsonSerializer.Deserialize(bytes, ChatJson.Default.ChatEvent)!;
}
