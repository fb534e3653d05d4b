namespace ActorStack.AspNetCore.Server;

/// <summary>A page for browsers, with frames that are loaded at the same time and requests of a script.</summary>
internal static class BrowserPage
{
    private const int Frames = 20;

    /// <summary>Its script asks until its connection has moved often enough; then its text says whether all was well.</summary>
    public static string Until(int moves) => $$"""
        <!doctype html>
        <title>Requests</title>
        <p>A request failed.</p>
        {{string.Concat(Enumerable.Range(0, Frames).Select(number => $"<iframe src='/plaintext?{number}'></iframe>"))}}
        <script>
          const ask = (method, path, body) => {
            const request = new XMLHttpRequest();
            request.open(method, path, false);
            request.send(body);
            if (request.status !== 200) throw new Error(request.status);
            return request.responseText;
          };
          const body = "x".repeat(100000);
          do {
            if (ask("POST", "/echo", body) !== body) throw new Error("The answer is not what was sent.");
          } while (Number(ask("GET", "/moves")) < {{moves}});
          onload = () => {
            const isWell = frame => frame.contentDocument.body.textContent === "Hello, World!";
            if ([...document.querySelectorAll("iframe")].every(isWell))
              document.querySelector("p").textContent = "All requests were answered.";
          };
        </script>
        """;
}
