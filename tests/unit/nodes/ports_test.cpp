#include <gtest/gtest.h>

#include "model/value_ops.h"
#include "nodes/native_nodes.h"

// What workflow files and their authors rely on: ids, and names, types, defaults and order of the ports.
namespace vnode::test {
namespace {

struct Interface {
  std::string node_id, name, category, inputs, outputs;
};

std::string describe_ports(const std::vector<Port>& ports) {
  std::string text;
  for (const Port& port : ports) {
    if (!text.empty()) text += ", ";
    text += port.name + ":" + port.type;
    if (!port.is_exec()) text += "=" + to_repr(port.default_value);
    if (!port.widget.empty()) text += " [" + port.widget + "]";
  }
  return text;
}

void expect_interfaces(void (*add_types)(NodeLibrary&), const std::vector<Interface>& expected) {
  NodeLibrary library;
  add_types(library);
  ASSERT_EQ(library.types().size(), expected.size());
  for (const Interface& interface : expected) {
    SCOPED_TRACE(interface.node_id);
    const NodeTypePtr* type = nullptr;
    for (const NodeTypePtr& candidate : library.types()) {
      if (candidate->definition.node_id == interface.node_id) type = &candidate;
    }
    ASSERT_NE(type, nullptr);
    const NodeDefinition& definition = (*type)->definition;
    EXPECT_EQ(definition.name, interface.name);
    EXPECT_EQ(definition.category, interface.category);
    EXPECT_EQ(describe_ports(definition.inputs), interface.inputs);
    EXPECT_EQ(describe_ports(definition.outputs), interface.outputs);
    EXPECT_FALSE(definition.description.empty());
    EXPECT_NE((*type)->compute == nullptr, (*type)->execute == nullptr);
  }
}

TEST(Ports, Math) {
  expect_interfaces(
      add_math_nodes,
      {
          {"math_add", "Add", "Math", "exec_in:exec, a:number=0 [float], b:number=0 [float]",
           "exec_out:exec, result:number=0"},
          {"math_subtract", "Subtract", "Math", "exec_in:exec, a:number=0 [float], b:number=0 [float]",
           "exec_out:exec, result:number=0"},
          {"math_multiply", "Multiply", "Math", "exec_in:exec, a:number=1 [float], b:number=1 [float]",
           "exec_out:exec, result:number=0"},
          {"math_divide", "Divide", "Math", "exec_in:exec, a:number=0 [float], b:number=1 [float]",
           "exec_out:exec, result:number=0"},
          {"math_modulo", "Modulo", "Math", "exec_in:exec, a:number=0 [float], b:number=1 [float]",
           "exec_out:exec, result:number=0"},
          {"add_integers", "Add Integers", "Math", "exec_in:exec, a:int=0 [int], b:int=0 [int]",
           "exec_out:exec, result:int=0"},
          {"example_random_float", "Random Float", "Math",
           "exec_in:exec, min:float=0 [float], max:float=0 [float]", "exec_out:exec, value:float=0"},
      });
}

TEST(Ports, Text) {
  expect_interfaces(
      add_text_nodes,
      {
          {"string_concat", "String Concat", "String",
           "exec_in:exec, str1:string='' [text], str2:string='' [text], str_list:list=[], "
           "separator:string='' [text]",
           "exec_out:exec, combined:string=''"},
          {"string_split", "Split", "String", "exec_in:exec, text:string='', separator:string='' [text]",
           "exec_out:exec, items:list=[]"},
          {"string_replace", "Replace", "String",
           "exec_in:exec, text:string='', old:string='', new:string=''", "exec_out:exec, result:string=''"},
          {"string_length", "String Length", "String", "exec_in:exec, text:string=''",
           "exec_out:exec, length:int=0"},
          {"string_lowercase", "Lowercase", "String", "exec_in:exec, text:string=''",
           "exec_out:exec, result:string=''"},
          {"string_uppercase", "Uppercase", "String", "exec_in:exec, text:string=''",
           "exec_out:exec, result:string=''"},
      });
}

TEST(Ports, Logic) {
  expect_interfaces(
      add_logic_nodes,
      {
          {"Two Way Switch", "Two Way Switch", "Logic",
           "exec_in:exec, condition:bool=False [bool], input_1:any=None, input_2:any=None",
           "exec_out:exec, output:any=None"},
          {"compare", "Compare", "Logic",
           "exec_in:exec, a:any=None [text], operation:string='==' [dropdown], b:any=None [text]",
           "exec_out:exec, result:bool=False"},
          {"logical_gate", "Logical Gate", "Logic",
           "exec_in:exec, operation:string='AND' [dropdown], a:bool=False [bool], b:bool=False [bool]",
           "exec_out:exec, result:bool=False"},
          {"if_condition", "If Condition", "Logic",
           "exec_in:exec, condition:bool=False [bool], data:any=None",
           "exec_out:exec, exec_false:exec, on_true:any=None, on_false:any=None, result:bool=False"},
      });
}

TEST(Ports, Data) {
  expect_interfaces(
      add_data_nodes,
      {
          {"variable_node", "Variable", "Data",
           "exec_in:exec, type:string='string' [dropdown], value:any=None [text]",
           "exec_out:exec, out:any=None"},
          {"create_list", "Create List", "Data", "exec_in:exec, list_name:string='' [text], items:list=[]",
           "exec_out:exec, current_list:list=[], stored:bool=False"},
          {"get_list_item", "Get List Item", "Data",
           "exec_in:exec, list_name:string='' [text], list:list=[], index:int=0 [int]",
           "exec_out:exec, item:any=None, success:bool=False"},
          {"list_length", "List Length", "Data", "exec_in:exec, list_name:string='' [text], list:list=[]",
           "exec_out:exec, length:int=0"},
      });
}

TEST(Ports, Dictionary) {
  expect_interfaces(
      add_dictionary_nodes,
      {
          {"create_dictionary", "Create Dictionary", "Data",
           "exec_in:exec, dict_name:string='' [text], entries:dict=None",
           "exec_out:exec, current_dict:dict=None, stored:bool=False"},
          {"get_dict_value", "Get Dict Value", "Data",
           "exec_in:exec, dict_name:string='' [text], dict:dict=None, key:string='' [text]",
           "exec_out:exec, value:any=None, found:bool=False"},
          {"set_dict_value", "Set Dict Value", "Data",
           "exec_in:exec, dict_name:string='' [text], dict:dict=None, key:string='' [text], value:any=None",
           "exec_out:exec, result_dict:dict=None, success:bool=False"},
      });
}

TEST(Ports, Variable) {
  expect_interfaces(
      add_variable_nodes,
      {
          {"Set Variable", "Set Variable", "Memory", "exec_in:exec, name:string='' [text], value:any=None",
           "exec_out:exec, value_out:any=''"},
          {"Get Variable", "Get Variable", "Memory", "name:string='' [text]", "value:any=None"},
          {"List Append", "List Append", "Memory", "exec_in:exec, list_name:string='' [text], item:any=None",
           "exec_out:exec, current_list:list=[]"},
      });
}

TEST(Ports, Flow) {
  expect_interfaces(
      add_flow_nodes,
      {
          {"Sequencer", "Sequencer", "Flow", "step_0:any=None",
           "result:any=None, exec_step:exec, exec_out:exec"},
          {"for_loop", "For Loop", "Flow",
           "exec_in:exec, start:int=0 [int], end:int=10 [int], step:int=1 [int]",
           "exec_out:exec, current_index:int=0, indices:list=[]"},
          {"delay_timer", "Delay Timer", "Control", "exec_in:exec, delay:float=1.0 [float]", "exec_out:exec"},
      });
}

TEST(Ports, Loop) {
  expect_interfaces(
      add_loop_nodes,
      {
          {"For Each", "For Each", "Flow",
           "exec_in:exec, collection:any=None, break_condition:bool=False [bool], "
           "continue_condition:bool=False [bool]",
           "each_item:exec, exec_skip:exec, exec_on_finished:exec, completed:bool=False, broken:bool=False, "
           "current_item:any=None, current_index:int=0, indices:list=[]"},
          {"While Loop", "While Loop", "Flow",
           "exec_in:exec, condition:bool=False [bool], break_condition:bool=False [bool], "
           "continue_condition:bool=False [bool], max_iterations:int=1000 [int]",
           "each_iteration:exec, exec_skip:exec, exec_on_finished:exec, completed:bool=False, "
           "broken:bool=False, current_index:int=0"},
      });
}

TEST(Ports, TimedLoop) {
  expect_interfaces(
      add_timed_loop_nodes,
      {
          {"loop_body", "Loop Body", "Flow",
           "exec_in:exec, indices:list=[], operation:string='Processing' [text], delay:float=0.0 [float], "
           "break_condition:bool=False [bool]",
           "exec_out:exec, exec_on_finished:exec, results:list=[], current_index:int=0, "
           "completed:bool=False, "
           "broken:bool=False"},
          {"while_loop", "While Loop", "Flow",
           "exec_in:exec, condition:bool=False [bool], max_iterations:int=1000 [int]",
           "exec_out:exec, current_index:int=0, iterations:int=0, exec_on_finished:exec"},
      });
}

TEST(Ports, ParallelMap) {
  expect_interfaces(
      add_parallel_map_nodes,
      {
          {"Parallel For Each", "Parallel For Each", "Flow",
           "exec_in:exec, collection:any=None, max_concurrency:int=0 [int], batch_size:int=1 [int], "
           "on_error:any='stop' [text], result:any=None",
           "each_item:exec, exec_on_finished:exec, exec_fail:exec, current_item:any=None, "
           "current_index:int=0, "
           "results:list=[], failed_items:list=[]"},
      });
}

TEST(Ports, General) {
  expect_interfaces(
      add_general_nodes,
      {
          {"Data Processor", "Data Processor", "General", "exec_in:exec, data_in:any=None",
           "exec_out:exec, data_out:any=None"},
          {"Console Sink", "Console Sink", "IO", "exec_in:exec, data:any=None", "exec_out:exec"},
          {"message_node", "Message Node", "String", "exec_in:exec, msg:string='' [text]",
           "exec_out:exec, out:string=''"},
          {"console_print", "Console Print", "IO", "exec_in:exec, data:any=None [text]",
           "exec_out:exec, out:any=None"},
          {"Dropdown_Selector", "Dropdown_Selector", "General", "selection:string='Option A' [dropdown]",
           "selected_item:string=''"},
          {"list_item_picker", "list_item_picker", "General",
           "exec_in:exec, items:list=[], selection:string='' [dropdown]",
           "exec_out:exec, selected_item:any=None, port_1:any=None"},
      });
}

TEST(Ports, Group) {
  expect_interfaces(
      add_group_nodes,
      {
          {"group_in", "group_in", "Group", "port_name:string='' [text]", "value:any=None"},
          {"group_out", "group_out", "Group", "exec_in:exec, port_name:string='' [text], value:any=None",
           "exec_out:exec, value:any=None"},
          {"group_node", "group_node", "Group", "exec_in:exec", "exec_out:exec, exec_fail:exec"},
      });
}

}  // namespace
}  // namespace vnode::test
