namespace ActorStack.Transport.Buffers;

/// <summary>Told on the application's thread; it only notes and returns.</summary>
public interface IBufferObserver
{
    /// <summary>The application wrote, completed or aborted its output.</summary>
    void OnApplicationWrote();

    /// <summary>The application read enough for the window to be announced anew, or reads no more.</summary>
    void OnApplicationRead();
}
