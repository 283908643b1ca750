/**
 * The kinds of frames that the published types of a release name, each as bare as it can be: none is a
 * stranger. The lists were read from those releases; the headers of the adapters say which.
 */
import { expect, test } from 'vitest';
import { codexAppServer, codexExec, openaiResponses } from '../../../actors/adapters/index.ts';
import type { Adapter } from '../../../actors/adapters/index.ts';

/** Those of which the adapter says that it does not know them. */
function strangersTo<S>(adapter: Adapter<S>, frames: readonly object[]): readonly object[] {
  return frames.filter((frame) =>
    adapter.frame(adapter.start('p1'), frame).events.some((event) => 'unknown' in event),
  );
}

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

test('a stranger is found', () => {
  expect(strangersTo(openaiResponses, [{ type: 'response.of_tomorrow' }])).toHaveLength(1);
  expect(strangersTo(codexExec, [{ type: 'item.completed', item: { type: 'of_tomorrow' } }])).toHaveLength(1);
  expect(strangersTo(codexAppServer, [{ method: 'thread/of/tomorrow', params: {} }])).toHaveLength(1);
});

test('events of the Responses API, openai 7.57', () => {
  const types = words(`
    audio.delta audio.done audio.transcript.delta audio.transcript.done code_interpreter_call.completed
    code_interpreter_call.in_progress code_interpreter_call.interpreting code_interpreter_call_code.delta
    code_interpreter_call_code.done compaction.compacting completed content_part.added content_part.done
    created custom_tool_call_input.delta custom_tool_call_input.done failed file_search_call.completed
    file_search_call.in_progress file_search_call.searching function_call_arguments.delta
    function_call_arguments.done image_generation_call.completed image_generation_call.generating
    image_generation_call.in_progress image_generation_call.partial_image in_progress incomplete
    mcp_call.completed mcp_call.failed mcp_call.in_progress mcp_call_arguments.delta
    mcp_call_arguments.done mcp_list_tools.completed mcp_list_tools.failed mcp_list_tools.in_progress
    output_item.added output_item.done output_text.annotation.added output_text.delta output_text.done
    queued reasoning_summary_part.added reasoning_summary_part.done reasoning_summary_text.delta
    reasoning_summary_text.done reasoning_text.delta reasoning_text.done refusal.delta refusal.done
    shell_call_command.added shell_call_command.delta shell_call_command.done
    shell_call_output_content.delta shell_call_output_content.done web_search_call.completed
    web_search_call.in_progress web_search_call.searching`);
  const frames = types.map((type) => ({ type: `response.${type}` }));
  expect(strangersTo(openaiResponses, [...frames, { type: 'error', message: 'm' }])).toEqual([]);
});

test('events and items of codex exec, @openai/codex-sdk 0.163', () => {
  const types = words('thread.started turn.started turn.completed turn.failed error');
  const items = words(`
    agent_message reasoning command_execution file_change mcp_tool_call web_search todo_list error`);
  const staged = words('item.started item.updated item.completed').flatMap((type) =>
    items.map((of) => ({ type, item: { id: 'i1', type: of } })),
  );
  expect(strangersTo(codexExec, [...types.map((type) => ({ type })), ...staged])).toEqual([]);
});

test('notifications and items of codex app-server', () => {
  const methods = words(`
    error thread/started thread/status/changed thread/name/updated thread/tokenUsage/updated turn/started
    hook/started turn/completed hook/completed turn/diff/updated turn/plan/updated item/started
    item/completed rawResponseItem/completed item/agentMessage/delta item/plan/delta
    command/exec/outputDelta item/commandExecution/outputDelta
    item/commandExecution/terminalInteraction item/fileChange/outputDelta item/fileChange/patchUpdated
    serverRequest/resolved item/mcpToolCall/progress mcpServer/oauthLogin/completed
    mcpServer/startupStatus/updated account/updated account/rateLimits/updated app/list/updated fs/changed
    skills/changed item/reasoning/summaryTextDelta item/reasoning/summaryPartAdded
    item/reasoning/textDelta thread/compacted account/login/completed windows/worldWritableWarning
    fuzzyFileSearch/sessionUpdated fuzzyFileSearch/sessionCompleted windowsSandbox/setupCompleted
    thread/archived thread/unarchived thread/closed model/rerouted deprecationNotice configWarning
    item/autoApprovalReview/started item/autoApprovalReview/completed thread/realtime/started
    thread/realtime/itemAdded thread/realtime/transcript/delta thread/realtime/transcript/done
    thread/realtime/outputAudio/delta thread/realtime/sdp thread/realtime/error thread/realtime/closed`);
  const items = words(`
    userMessage hookPrompt agentMessage plan reasoning commandExecution fileChange mcpToolCall
    dynamicToolCall collabAgentToolCall webSearch imageView imageGeneration enteredReviewMode
    exitedReviewMode contextCompaction`);
  const bare = methods.filter((method) => method !== 'item/started' && method !== 'item/completed');
  const staged = items.flatMap((type) =>
    words('item/started item/completed').map((method) => ({
      method,
      params: { threadId: 't1', item: { id: 'i1', type } },
    })),
  );
  const frames = [...bare.map((method) => ({ method, params: { threadId: 't1' } })), ...staged];
  expect(strangersTo(codexAppServer, frames)).toEqual([]);
});
