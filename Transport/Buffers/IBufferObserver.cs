namespace ActorStack.Transport.Buffers;

/// <summary>Observes the application, on the application's thread. An implementation only takes note and returns.</summary>
public interface IBufferObserver
{
    /// <summary>The application wrote, completed or aborted its output.</summary>
    void OnApplicationWrote();

    /// <summary>The application read enough for a new announcement of the window, or reads no more.</summary>
    void OnApplicationRead();
}
